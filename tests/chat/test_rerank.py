"""Reranking over HTTP: what passes, what is refused, and what the answer says."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import http

DOCUMENTS = ["a", "much longer", "longer"]
MODEL = "fake:ranker"


def rank(portal: Portal, path: str = "/v1/rerank", **body: Any) -> requests.Response:
    return portal.post(path, {"query": "q", "documents": DOCUMENTS, "model": MODEL, **body})


@pytest.mark.parametrize("path", ["/v1/rerank", "/v2/rerank", "/v1/rerank/", "/openai/v1/rerank"])
def test_documents_are_ranked(portal: Portal, fake: FakeProvider, path: str) -> None:
    answer = rank(portal, path, top_n=2)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert [row["index"] for row in body["results"]] == [1, 2]
    assert body["resolution"]["id"] == answer.headers["X-Model"] == MODEL
    assert answer.headers["X-Resolved-By"] == "override"
    assert answer.headers["Server-Timing"].startswith("portal;dur=")
    assert fake.posts[-1].path == "/v1/rerank"
    assert fake.posts[-1].body == {
        "query": "q", "documents": DOCUMENTS, "model": "ranker", "top_n": 2
    }  # fmt: skip


def test_the_default_answers_who_names_no_model(own_portal: Portal, fake: FakeProvider) -> None:
    text = own_portal.models.read_text()
    assert rank_after(own_portal, text).status_code == 200
    answer = rank(own_portal, model=None)
    assert (answer.headers["X-Model"], answer.headers["X-Resolved-By"]) == (MODEL, "default")
    refused = rank(own_portal, model="fake:talker")
    assert refused.status_code == 422
    assert refused.json()["error"]["message"].endswith("Models that can: fake:ranker.")


def rank_after(portal: Portal, text: str) -> requests.Response:
    """Start the portal with a model that ranks, and ask it."""
    text = text.replace("defaults:", f'defaults:\n    rerank: "{MODEL}"', 1)
    text = text.replace(
        "      embedder:", "      ranker: {capabilities: [rerank]}\n      embedder:"
    )
    portal.models.write_text(text)
    portal.start()
    return rank(portal)


def test_without_a_default_the_error_says_what_to_set(portal: Portal) -> None:
    answer = rank(portal, model=None)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "no_default")
    assert "models.defaults.rerank" in answer.json()["error"]["message"]


def test_a_format_without_the_call_names_the_one_with_it(portal: Portal) -> None:
    error = rank(portal, model="pond:frog2").json()["error"]
    assert error["code"] == "capability_not_supported"
    assert "`api: ollama`" in error["message"]
    assert "`api: openai`" in error["message"]
    assert error["resolution"]["id"] == "pond:frog2"


@pytest.mark.parametrize(("top_n", "sent"), [(0, None), (None, None), (99, 3), (3, 3), (2.0, 2)])
def test_a_limit_is_one_that_servers_take(
    portal: Portal, fake: FakeProvider, top_n: Any, sent: int | None
) -> None:
    assert rank(portal, top_n=top_n).status_code == 200
    assert fake.posts[-1].body.get("top_n") == sent


@pytest.mark.parametrize(
    ("body", "param"),
    [({"query": None}, "query"), ({"query": ""}, "query"), ({"query": ["q"]}, "query"),
     ({"documents": []}, "documents"), ({"documents": "a"}, "documents"), ({"documents": [1]}, "documents"),
     ({"documents": [None]}, "documents"), ({"top_n": -1}, "top_n"), ({"top_n": "2"}, "top_n"),
     ({"return_documents": "yes"}, "return_documents"), ({"api_base": "http://x"}, "api_base"),
     ({"priority": 1}, "priority"), ({"extra_headers": {}}, "extra_headers"), ({"lora_path": "/x"}, "lora_path"),
     ({"documents": [{"image": "https://10.0.0.1/x.png"}]}, "documents"),
     ({"documents": [{"image_url": "file:///etc/passwd"}]}, "documents"),
     ({"documents": [{"content": [{"type": "image_url"}]}]}, "documents"),
     ({"truncate": {"url": "http://x"}}, "truncate"), ({"x": {"base_url": "http://x"}}, "x")],
)  # fmt: skip
def test_other_requests_are_refused(
    portal: Portal, fake: FakeProvider, body: dict[str, Any], param: str
) -> None:
    answer = rank(portal, **body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["param"].partition("[")[0] == param
    assert fake.posts == []


def test_documents_may_be_objects_of_texts(portal: Portal, fake: FakeProvider) -> None:
    documents = [
        {"text": "a", "url": "https://x/y", "year": 2020},
        {"image": "data:image/png;base64,aGk="},
    ]
    answer = rank(portal, documents=documents, rank_fields=["text"], return_documents=True)
    assert answer.status_code == 200, answer.text
    assert [row["document"] for row in answer.json()["results"]] == documents
    assert fake.posts[-1].body["documents"] == documents


def test_unknown_fields_are_dropped_and_reported(portal: Portal, fake: FakeProvider) -> None:
    assert rank(portal, wholly_new=1).headers["X-Dropped"] == "wholly_new"
    assert "wholly_new" not in fake.posts[-1].body


def test_what_is_no_ranking_is_the_providers_error(portal: Portal, fake: FakeProvider) -> None:
    fake.script(http(200, {"results": [{"index": 7, "relevance_score": 1}]}))
    answer = rank(portal)
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "provider_bad_response")
    fake.script(http(422, {"error": {"message": "documents: too many"}}))
    refused = rank(portal).json()["error"]
    assert refused["provider"]["message"] == "documents: too many"


def test_the_answer_has_one_resolution(portal: Portal, fake: FakeProvider) -> None:
    """The provider may be a portal, too."""
    own = {"id": "inner:model"}
    fake.script(http(200, {"resolution": own, "results": [], "x": {"resolution": own}}))
    answer = rank(portal)
    assert answer.text.count("inner:model") == 1
    assert answer.json()["resolution"]["id"] == MODEL
    assert answer.json()["x"] == {"resolution": own}


def test_tokens_are_counted(portal: Portal) -> None:
    def counted() -> float:
        lines = portal.get("/metrics", who="olga").text.splitlines()
        name = 'portal_tokens_total{kind="prompt",provider="fake"}'
        return sum(float(line.split()[-1]) for line in lines if line.startswith(name))

    before = counted()
    rank(portal)
    assert counted() == before + 9


def test_when_the_caller_leaves_the_provider_is_closed(portal: Portal, fake: FakeProvider) -> None:
    fake.script(HANG)
    with pytest.raises(requests.Timeout):
        portal.post("/v1/rerank", {"query": "q", "documents": ["a"], "model": MODEL}, timeout=0.3)
    assert fake.wait_for_post().peer_closed.wait(1)


@pytest.mark.parametrize(
    ("path", "words"),
    [("/v1/images/edits", "/v1/images/generations"), ("/v1/audio/speech", "/v1/audio/transcriptions"),
     ("/v1/files", "keeps no files"), ("/v1/moderations", "/v1/rerank"), ("/rerank", "/v1/rerank")],
)  # fmt: skip
def test_other_calls_are_404_with_what_is_served(portal: Portal, path: str, words: str) -> None:
    answer = portal.post(path, {})
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert (error["code"], words in error["message"]) == ("not_found", True), error["message"]
