"""
pydantic's errors in a YAML file → sentences for the person who edits it.

A mistake is a path in the file, a message that names the remedy, and whether the path's key (not
its value) is at fault. Pure. Messages never quote a value: it may be a key or a password.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from core.text import nearest, quote
from core.yaml.lines import no_space_message, text_mistake
from core.yaml.tree import Path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pydantic_core import ErrorDetails

    KeysAt = Callable[[Path], Iterable[str]]  # the keys that the mapping at a path may have
    Meant = Callable[[Path, list[str]], str | None]  # the known key that an unknown one means

Finding = tuple[Path, str]  # a path in the file, and what is wrong with the value there
_STRUCTURES = ("tuple_type", "dict_type", "model_type")
# Keys of a mapping whose keys are free.
_COMMON = ("chat", "sql", "embeddings", "rerank", "transcription", "image_generation",
           "title")  # fmt: skip
MAPPING = "This must be a mapping: lines of `key: value`."
WORDING = {
    "string_type": "This must be text. Put it in quotes.",
    "string_too_short": "This must not be empty.",
    "string_pattern_mismatch": "This must match {pattern}.",
    "string_too_long": "This must be at most {max_length} characters long.",
    "int_type": "This must be a whole number.",
    "int_from_float": "This must be a whole number.",
    "float_type": "This must be a number.",
    "bool_type": "This must be true or false.",
    "tuple_type": "This must be a list: [one, two].",
    "dict_type": MAPPING,
    "model_type": MAPPING,
    "too_short": "This list must not be empty.",
    "literal_error": "This must be {expected}.",
    "greater_than": "This must be greater than {gt}.",
    "greater_than_equal": "This must be at least {ge}.",
    "less_than_equal": "This must be at most {le}.",
}  # fmt: skip


class Mistake(NamedTuple):
    """What is wrong at a path. `at_key`: the key is at fault, not its value."""

    path: Path
    message: str
    at_key: bool = False


def _nearest(path: Path, known: list[str]) -> str | None:
    return nearest(str(path[-1]), known)


def explain(
    error: ErrorDetails,
    data: Any,
    keys_at: KeysAt,
    advice: Mapping[str, str] | None = None,
    meant: Meant = _nearest,
) -> Mistake:
    """Return what `error`, which pydantic found in `data`, means.

    `advice` has, by key, a sentence for the case that the key is missing. `meant` returns what an
    unknown key means.
    """
    path, kind = error["loc"], error["type"]
    key = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        return Mistake(path, unknown_key(path, list(keys_at(path[:-1])), meant), at_key=True)
    if kind == "missing":
        return Mistake(path, " ".join([f"'{key}' is missing.", *_remedy(key, advice)]), at_key=True)
    if path and value_at(data, path, absent="") is None:
        return Mistake(path, no_value(key), at_key=True)
    value = value_at(data, path)
    mistake = text_mistake(value) if isinstance(value, str) and kind in _STRUCTURES else ""
    hints = _list_advice(error, value) + _number_advice(error, value)
    return Mistake(path, mistake or " ".join([_words(error), *hints]))


def _list_advice(error: ErrorDetails, value: Any) -> list[str]:
    """Return how to write a list of one."""
    is_one = error["type"] == "tuple_type" and isinstance(value, str)
    return ["Put brackets around it."] if is_one else []


def _number_advice(error: ErrorDetails, value: Any) -> list[str]:
    """Return how to write a number that is written as text."""
    if error["type"] not in ("int_type", "float_type") or not isinstance(value, str):
        return []
    plain = value.strip()
    cases = (
        (r"[-+]?\d+(\.\d+)?", "Write it without quotes and without a leading 0."),
        (r".*[,;]", f"Delete the '{plain[-1:]}' at its end."),
        (r"\d[\d_', ]*\d", "Write the digits only."),
        (r"[\d.]+ *[kKmM]([bB]|i[bB])?", "Write it out, without k or M."),
        (r"[\d.]+ *[A-Za-z]+", "Write it in seconds or tokens, without a unit."),
    )
    return next(([advice] for pattern, advice in cases if re.fullmatch(pattern, plain)), [])


def _remedy(key: str, advice: Mapping[str, str] | None) -> list[str]:
    return [advice[key]] if advice and key in advice else []


def _words(error: ErrorDetails) -> str:
    limits = {name: _as_written(value) for name, value in error.get("ctx", {}).items()}
    wording = WORDING.get(error["type"])
    return wording.format(**limits) if wording else f"{error['msg']}."


def _as_written(limit: Any) -> Any:
    """Return a limit as people write it: 86400, not 86400.0."""
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit


def unknown_key(path: Path, known: list[str], meant: Meant = _nearest) -> str:
    """Return the message for the key at the end of `path`, which is not one of `known`."""
    key = str(path[-1])
    prefix, colon, _ = key.partition(":")
    if colon and prefix in known:
        return no_space_message(prefix)
    word = meant(path, known)
    near = f" Did you mean {quote(word, 80)}?" if word else ""
    return f"{quote(key)} is not a key here.{near} Known: {', '.join(known)}."


def no_value(key: str | int, message: str = "") -> str:
    """Return the message for a `key` without a value: `message`, unless a space is missing."""
    name, colon, rest = str(key).partition(":")
    if colon and rest and name in _COMMON:
        return no_space_message(name)
    return message or f"'{key}' has no value. Give it one, or delete the line."


def first_causes(
    errors: Sequence[ErrorDetails], keys_at: KeysAt, meant: Meant = _nearest
) -> list[ErrorDetails]:
    """Return `errors` without those that follow from others.

    These are lists called too short because their items are wrong, and keys called missing because
    they are misspelt.
    """
    parents = {error["loc"][:end] for error in errors for end in range(len(error["loc"]))}
    unknown = [error["loc"] for error in errors if error["type"] == "extra_forbidden"]
    misspelt = {(*at[:-1], meant(at, list(keys_at(at[:-1])))) for at in unknown}
    return [
        error
        for error in errors
        if not (error["type"] == "too_short" and error["loc"] in parents)
        and not (error["type"] == "missing" and error["loc"] in misspelt)
    ]


def value_at(data: Any, path: Path, absent: Any = None) -> Any:
    """Return what `path` leads to in `data`, or `absent`."""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return absent
    return data
