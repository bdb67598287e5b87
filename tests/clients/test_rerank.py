"""Clients that rank documents: Cohere's own, and LiteLLM as several providers' client."""

from __future__ import annotations

import os
from typing import Any

import cohere
import litellm
import pytest

URL = os.environ["PORTAL_URL"]
DOCUMENTS = ["a", "much longer", "longer"]


@pytest.mark.parametrize("kind", [cohere.ClientV2, cohere.Client])
def test_coheres_client_ranks(token: str, kind: Any) -> None:
    client = kind(api_key=token, base_url=URL)
    answer = client.rerank(model="oai:ranker", query="q", documents=DOCUMENTS, top_n=2)
    assert [result.index for result in answer.results] == [1, 2]
    assert answer.results[0].relevance_score > answer.results[1].relevance_score


def test_coheres_client_gets_typed_errors(token: str) -> None:
    client = cohere.ClientV2(api_key=token, base_url=URL)
    with pytest.raises(cohere.UnprocessableEntityError):
        client.rerank(model="oai:talker", query="q", documents=DOCUMENTS)
    with pytest.raises(cohere.UnauthorizedError):
        cohere.ClientV2(api_key="aim_wrong", base_url=URL).rerank(
            model="oai:ranker", query="q", documents=DOCUMENTS
        )


@pytest.mark.parametrize(
    ("provider", "base"),
    [("cohere", URL), ("hosted_vllm", f"{URL}/v1"), ("jina_ai", f"{URL}/v1/rerank")],
)  # fmt: skip
def test_litellm_ranks(token: str, provider: str, base: str) -> None:
    answer = litellm.rerank(
        model=f"{provider}/oai:ranker", query="q", documents=DOCUMENTS, top_n=2,
        return_documents=True, api_base=base, api_key=token,
    )  # fmt: skip
    results: Any = answer.results
    assert [result["index"] for result in results] == [1, 2]
