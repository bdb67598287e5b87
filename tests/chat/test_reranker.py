"""Reranking by llama.cpp itself, from a model file that the portal serves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import copy_of
from tests.support.embedded import start_model, variables
from tests.support.paths import ROOT
from tests.support.portal import LONG_TIMEOUTS, Portal

DOCUMENTS = ["An API that programs speak.", "A bird.", "A way into a house."]


@pytest.mark.long
def test_a_served_model_reranks(portal_files: Portal, tmp_path: Path) -> None:
    text = (ROOT / "models.yaml").read_text()
    text = text.replace("      slots: 4\n", "      slots: 1\n      pooling: rank\n")
    text = text.replace('["chat", "sql"]', '["chat", "sql", "rerank"]')
    models = tmp_path / "models.yaml"
    models.write_text(text)
    environ = {**variables(), "MODELS_FILE": str(models)}
    process = start_model(environ)
    portal = copy_of(portal_files, tmp_path / "portal", **environ, **LONG_TIMEOUTS)
    portal.models = models
    portal.start()
    try:
        body = {"query": "What is a door?", "documents": DOCUMENTS, "model": "local:smollm2:135m"}
        answer = portal.post("/v1/rerank", {**body, "top_n": 2, "return_documents": True})
        assert answer.status_code == 200, answer.text
        results = answer.json()["results"]
        scores = [row["relevance_score"] for row in results]
        assert scores == sorted(scores, reverse=True)
        assert [row["document"]["text"] for row in results] == [
            DOCUMENTS[r["index"]] for r in results
        ]
        assert len(results) == 2
        assert answer.json()["usage"]["prompt_tokens"] > 10
        refused = portal.post("/v1/rerank", {**body, "documents": [{"title": "a"}]}).json()["error"]
        assert refused["provider"]["message"] == '"documents" must be a non-empty string array'
    finally:
        portal.stop()
        process.communicate()
