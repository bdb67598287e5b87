"""
The shape of the file that lists data sources, and what is said of each mistake in it.

A finding is a path below the source's section, a sentence, and whether the path's key is at fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from core.text import did_you_mean, nearest, quote
from registry.config.schema import WORDING, value_at

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]
Finding = tuple[Path, str, bool]
LONGEST_NAME = 128  # characters
_SYSTEM = {"sqlite": ("sqlite_",), "postgres": ("pg_", "information_schema.")}


class SourceConfig(BaseModel):
    """One data source. What has a default may be left out."""

    # hide_input: pydantic would quote the value at fault, which may be a URL.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    url: str = Field(min_length=1)
    title: str = Field("", min_length=1, max_length=200)
    groups: tuple[str, ...] = Field(min_length=1)
    tables: tuple[str, ...] = Field(min_length=1)
    local_only: bool = False
    run: bool = False
    seconds: FiniteFloat = Field(10.0, ge=0.1, le=300)
    rows: int = Field(1000, ge=1, le=100_000)


KEYS = tuple(SourceConfig.model_fields)


def misshapen(section: Any) -> Iterator[Finding]:
    """Yield what is wrong with the shape of a source's section."""
    try:
        SourceConfig.model_validate(section)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        misspelt = {nearest(str(e["loc"][-1]), KEYS) for e in found if _is_unknown(e)}
        for one in found:
            if one["type"] != "missing" or one["loc"][-1] not in misspelt:
                yield _explained(one, section)


def _is_unknown(error: ErrorDetails) -> bool:
    return error["type"] == "extra_forbidden"


def _explained(error: ErrorDetails, section: Any) -> Finding:
    path, kind = error["loc"], error["type"]
    key = str(path[-1]) if path else ""
    if _is_unknown(error):
        return path, unknown_key(key, KEYS), True
    if kind == "missing":
        return path, f"'{key}' is missing.{_WHY.get(key, '')}", True
    if path and value_at(section, path, absent="") is None:
        return path, f"'{key}' has no value. Give it one, or delete the line.", True
    wording = WORDING.get(kind)
    return path, wording.format(**error.get("ctx", {})) if wording else f"{error['msg']}.", False


def unknown_key(key: str, known: tuple[str, ...]) -> str:
    """Say that `key` is not one of `known`."""
    near = did_you_mean(key, known)
    return f"{quote(key)} is not a key here.{near} Known: {', '.join(known)}."


_WHY = {
    "groups": " Name those who may see the source.",
    "tables": " Name those that may be asked about.",
}


def misplaced(section: Any) -> Iterator[Finding]:
    """Yield each `${` where no variable is replaced, and each list that would mean everything."""
    for key, value in section.items():
        for path, text in _texts(key, value):
            if "${" in text and key != "url":
                yield path, "${…} is replaced only in url.", False
            elif key in ("groups", "tables") and "*" in text:
                yield path, f"List the {key} by name; '*' is none.", False


def ill_named(dialect: str, section: Any) -> Iterator[Finding]:
    """Yield what is wrong with the names of a source's tables, of which each stands once."""
    seen: set[str] = set()
    for path, text in _texts("tables", section.get("tables")):
        if text in seen:
            yield path, f"{quote(text)} stands here twice. Keep one.", False
        elif not text or len(text) > LONGEST_NAME or text != text.strip():
            yield (
                path,
                f"A table's name has 1 to {LONGEST_NAME} characters, and no blank ends.",
                False,
            )
        elif text.lower().startswith(_SYSTEM[dialect]):
            yield path, f"{quote(text)} is the database's own. Name tables of yours.", False
        seen.add(text)


def _texts(key: str, value: Any) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield (key,), value
    elif isinstance(value, tuple):
        yield from (((key, at), text) for at, text in enumerate(value) if isinstance(text, str))
