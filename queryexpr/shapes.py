"""Errors of pydantic in words of JSON: a list, a text, an object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "missing": "This key is missing",
    "extra_forbidden": "This is not a key of this object",
    "string_type": "This must be a text",
    "string_too_short": "This text must have at least {min_length} characters",
    "string_too_long": "This text must have at most {max_length} characters",
    "tuple_type": "This must be a list",
    "list_type": "This must be a list",
    "too_short": "This list must have at least {min_length} elements",
    "too_long": "This list must have at most {max_length} elements",
    "model_type": "This must be an object",
    "dict_type": "This must be an object",
    "bool_type": "This must be true or false",
    "bool_parsing": "This must be true or false",
    "int_type": "This must be a whole number",
    "int_parsing": "This must be a whole number",
    "greater_than_equal": "This must be {ge} or more",
    "less_than": "This must be less than {lt}",
    "less_than_equal": "This must be {le} or less",
    "finite_number": "This must be a number, not infinity or NaN",
}
_OTHER = "This has a form that is not allowed here"
_ONE = {"1 characters": "1 character", "1 elements": "one element"}


def misfit(error: Mapping[str, Any]) -> str:
    """Return the sentence for one of `ValidationError.errors()`."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":  # the words are ours
        return f"{str(context['error']).rstrip('.')}."
    sentence = _WORDS.get(kind, _OTHER).format_map(context)
    for many, one in _ONE.items():
        sentence = sentence.replace(f" {many}", f" {one}")
    return f"{sentence}."


def pointer_to(keys: tuple[int | str, ...]) -> str:
    """Return the JSON Pointer of these keys and indexes."""
    return "".join(f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in keys)
