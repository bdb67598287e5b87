"""JSON → query expression: reads a document, and explains what is wrong in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from queryexpr.expression import EXPRESSIONS, VERSION, QueryExpression
from queryexpr.expression.values import is_number, plain_number
from queryexpr.issues import Issue, Refused, did_you_mean, nearest

MAX_DEPTH = 200  # levels of JSON, about three for each of the query
MAX_ISSUES = 20


def read(document: Any) -> QueryExpression:
    """Return the query expression that parsed JSON is. Raises Refused, with JSON Pointers."""
    if not isinstance(document, dict):
        raise Refused(Issue("shape", "A query expression is a JSON object with 'query'."))
    version = document.get("ir_version", VERSION)
    if version != VERSION:
        message = (
            f"Only version {VERSION} of query expressions is supported, not {str(version)[:20]!r}."
        )
        raise Refused(Issue("version", message, pointer="/ir_version"))
    _check_depth(document)
    try:
        return QueryExpression.model_validate(_with_literals(document))
    except ValidationError as error:
        issues = dict.fromkeys(_issue(e, document) for e in error.errors(include_url=False))
        raise Refused(*list(issues)[:MAX_ISSUES]) from None


# Where a bare null could mean that nothing is there, or the literal, whose rows are others.
_CONDITIONS = frozenset({"where", "having", "qualify", "filter", "on", "of"})


def _with_literals(document: Any) -> Any:
    """Return the document with literals in one form.

    A condition that is null is the literal, which is never true, and `{"number": "0.5"}` is 0.5.
    """
    if isinstance(document, list):
        return [_with_literals(child) for child in document]
    if not isinstance(document, dict):
        return document
    text = document.get("number")
    if document.keys() == {"number"} and isinstance(text, str) and is_number(text):
        number = plain_number(text)
        return document if number is None else number
    return {
        key: {"null": True} if value is None and key in _CONDITIONS else _with_literals(value)
        for key, value in document.items()
    }


def _check_depth(document: Any) -> None:
    level, depth = [document], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise Refused(Issue("too_deep", "The query expression is nested too deep."))
        if any(isinstance(node, str) and "\0" in node for node in level):
            raise Refused(Issue("shape", "A text contains a NUL character."))
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]


def _issue(error: Any, document: Any) -> Issue:
    """Return an error of pydantic in words of the query expression."""
    pointer, key = _pointer(error["loc"], document), str(error["loc"][-1])
    kind = error["type"]
    if kind == "missing":
        return Issue("missing", f"{key!r} is missing.", pointer=pointer)
    if kind == "extra_forbidden":
        message = f"{key[:40]!r} is not a key of this object."
        return Issue("unknown_key", message, pointer=pointer)
    if kind.startswith("union_tag"):
        kinds = ", ".join(EXPRESSIONS)
        return Issue("shape", f"A value must have one of the keys {kinds}.", pointer=pointer)
    if kind == "literal_error":
        return _not_one_of(error, pointer, document)
    return Issue("shape", f"{error['msg']}.", pointer=pointer)


def _not_one_of(error: Any, pointer: str, document: Any) -> Issue:
    expected = str(error.get("ctx", {}).get("expected", ""))
    words = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    value = document
    for key in pointer.split("/")[1:]:
        value = value[int(key) if isinstance(value, list) else key]
    near = nearest(str(value)[:40], words)
    message = f"{str(value)[:40]!r} is not one of {expected}.{did_you_mean(near)}"
    return Issue("not_one_of", message, pointer=pointer, near=near)


def _pointer(place: Iterable[str | int], document: Any) -> str:
    """Return the JSON Pointer of a pydantic error, whose location has kinds between the keys."""
    pointer = ""
    for key in place:
        inside = isinstance(document, dict) and key in document
        if inside or (isinstance(document, list) and isinstance(key, int) and key < len(document)):
            document = document[key]
            pointer += f"/{str(key).replace('~', '~0').replace('/', '~1')}"
    return pointer
