"""
Reranking, as Cohere, Jina, Voyage, vLLM, llama.cpp, Infinity and others write it.

A list of results in the order of their relevance, at most `top_n`, each with the index of its
document: not every server sorts, cuts or returns the documents.
Reference: https://docs.cohere.com/reference/rerank
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from registry.providers.openai.bodies import checked, merged, without_nulls
from registry.providers.openai.relays.usage import tokens
from registry.providers.reading import bad_response, decode_any, token_count
from registry.providers.wire import Relayed
from registry.providers.writing import post

if TYPE_CHECKING:
    from registry.providers.wire import Body, Request, Target


MAX_SCORE = 2**63  # infinity is no score, and callers read no longer integers


def write(target: Target, body: Body) -> Request:
    return post(target, "/rerank", without_nulls(target, merged(target, body)))


def read(data: bytes, body: Body) -> Relayed:
    """Return the answer in Cohere's form. Raises PortalError unless each result has a document."""
    answer = _answer(data)
    rows = answer.pop("results", None)
    rows = answer.pop("data", None) if rows is None else rows  # Voyage
    if not isinstance(rows, list):
        raise bad_response("it has no results")
    documents = body["documents"]
    results = [_result(row, documents, returns=bool(body.get("return_documents"))) for row in rows]
    if len({result["index"] for result in results}) < len(results):
        raise bad_response("a document is in it twice")
    results.sort(key=lambda result: -result["relevance_score"])
    whole = {**answer, "results": results[: body.get("top_n")]}
    return Relayed(msgspec.json.encode(whole), _counts(answer))


def _answer(data: bytes) -> Body:
    value = decode_any(data)
    if isinstance(value, list) and any(isinstance(row, dict) and "index" in row for row in value):
        return {"results": value}  # as TEI writes it
    return checked(data)


def _counts(answer: Body) -> Body | None:
    meta = answer.get("meta")  # Cohere
    return tokens(answer.get("usage")) or tokens(meta.get("tokens") if type(meta) is dict else None)


def _result(row: Any, documents: list[Any], *, returns: bool) -> Body:
    """Return a result, with its document if the caller wants it."""
    if not isinstance(row, dict):
        raise bad_response("a result is not an object")
    result = {name: value for name, value in row.items() if name not in ("score", "document")}
    index = token_count(row.get("index"))
    score: Any = row.get("relevance_score")
    score = row.get("score") if score is None else score
    if index is None or index >= len(documents):
        raise bad_response("a result names no document of the request")
    if type(score) not in (int, float) or not abs(score) < MAX_SCORE:
        raise bad_response("a result has no score")
    document = row.get("document")
    if document is None and returns:
        document = documents[index]
    shown = {} if document is None else {"document": _object(document)}
    return {**result, "index": index, "relevance_score": score, **shown}


def _object(document: Any) -> Any:
    return {"text": document} if isinstance(document, str) else document
