"""JSON → query expression: reads a document, and explains what is wrong in it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from queryexpr.expression import EXPRESSIONS, VERSION, QueryExpression
from queryexpr.expression.kinds import KIND
from queryexpr.expression.values import is_number, plain_number
from queryexpr.issues import Issue, Refused, did_you_mean, nearest
from queryexpr.shapes import misfit, pointer_to

MAX_DEPTH = 200  # levels of JSON, about three for each of the query
MAX_ISSUES = 20
MAX_QUOTED = 40  # characters of a text in a message


def read(document: Any) -> QueryExpression:
    """Return the query expression that parsed JSON is. Raises Refused, with JSON Pointers."""
    if not isinstance(document, dict):
        raise Refused(Issue("shape", "A query expression is a JSON object with 'query'."))
    version = document.get("ir_version", VERSION)
    if version != VERSION:
        named = json.dumps(version, ensure_ascii=False)[:MAX_QUOTED]
        message = f"Only version {VERSION} of query expressions is supported, not {named}."
        raise Refused(Issue("version", message, pointer="/ir_version"))
    _check_depth(document)
    try:
        return QueryExpression.model_validate(_with_literals(document))
    except ValidationError as error:
        found = (_issue(e, document) for e in error.errors(include_url=False))
        raise Refused(*list(dict.fromkeys(filter(None, found)))[:MAX_ISSUES]) from None


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


def _issue(error: Any, document: Any) -> Issue | None:
    """Return an error of pydantic in words of the query expression.

    None for a list that only counts as empty because its elements are wrong.
    """
    pointer, value = _place(error["loc"], document)
    kind, key = error["type"], str(error["loc"][-1])[:MAX_QUOTED]
    if f"{KIND}scalar" in error["loc"]:
        return Issue("shape", _NO_VALUE, pointer=pointer)
    if kind == "missing":
        return Issue("missing", f"'{key}' is missing.", pointer=pointer)
    if kind == "extra_forbidden":
        return Issue("unknown_key", f"'{key}' is not a key of this object.", pointer=pointer)
    if kind.startswith("union_tag"):
        return _no_kind(value, pointer)
    if kind == "literal_error":
        return _not_one_of(error, pointer, value)
    if kind == "too_short" and value:
        return None
    return Issue("shape", misfit(error), pointer=pointer)


_NO_VALUE = "A value must be a text, a number, true, false, null or an object."


def _no_kind(value: Any, pointer: str) -> Issue:
    near = tuple(name for key in value for name in nearest(key[:MAX_QUOTED], EXPRESSIONS))[:3]
    message = f"A value must have one of the keys {', '.join(EXPRESSIONS)}.{did_you_mean(near)}"
    return Issue("shape", message, pointer=pointer, near=near)


def _not_one_of(error: Any, pointer: str, value: Any) -> Issue:
    expected = str(error.get("ctx", {}).get("expected", ""))
    words = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    near = nearest(text[:MAX_QUOTED], words)
    message = f"'{text[:MAX_QUOTED]}' is not one of {expected}.{did_you_mean(near)}"
    return Issue("not_one_of", message, pointer=pointer, near=near)


def _place(keys: Iterable[str | int], document: Any) -> tuple[str, Any]:
    """Return the JSON Pointer of a pydantic error, and what is there.

    Its location has kinds between the keys, and may end with a key that is missing.
    """
    walked: list[str | int] = []
    for key in keys:
        if isinstance(key, str) and key.startswith(KIND):
            continue
        inside = isinstance(document, dict) and key in document
        if not inside and not (isinstance(document, list) and isinstance(key, int)):
            break
        document = document[key]
        walked.append(key)
    return pointer_to(tuple(walked)), document
