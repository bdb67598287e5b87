"""
The schema of the file of meanings, and the messages for its mistakes.

The words are those of semantic layers: `measures` and `dimensions` with an `expr`, `filter`,
`joins` with a `relationship`, `synonyms`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.yaml.errors import Mistake, explain, first_causes
from core.yaml.tree import Path

Words = tuple[str, ...]
Relationship = Literal["one_to_one", "many_to_one", "one_to_many"]
MAX_SAMPLES = 100
_NO_EXPRESSION = "This must be SQL, or a part of a query expression: lines of `key: value`."
_NOTHING = "Name tables, columns or topics that must not be asked."
EXPRESSIONS = ("expr", "filter", "on")


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class Measure(_Part):
    """An aggregate. `expr` and `filter` are SQL, or parts of a query expression."""

    expr: Any
    filter: Any = None
    owner: str = Field("", max_length=100)
    description: str = Field("", max_length=500)
    synonyms: Words = ()


class Dimension(_Part):
    """A value of one row."""

    expr: Any
    owner: str = Field("", max_length=100)
    description: str = Field("", max_length=500)
    synonyms: Words = ()


class Join(_Part):
    """How two tables may be joined."""

    left: str = Field(min_length=1)
    right: str = Field(min_length=1)
    on: Any
    relationship: Relationship


class Values(_Part):
    """Some values of a column; with `local`, only models with `local: true` see them."""

    samples: Words = Field(min_length=1, max_length=MAX_SAMPLES)
    local: bool = False


class Never(_Part):
    """What must not be asked, and the sentence to answer."""

    answer: str = Field(min_length=1, max_length=500)
    tables: Words = ()
    columns: Words = ()
    topics: Words = ()


class SourceConfig(_Part):
    """What the words of a business mean in one source. Columns are named with their tables."""

    measures: dict[str, Measure] = {}
    dimensions: dict[str, Dimension] = {}
    joins: tuple[Join, ...] = ()
    codes: dict[str, dict[str, str]] = {}
    synonyms: dict[str, Words] = {}
    values: dict[str, Values] = {}
    never: tuple[Never, ...] = ()


_Kinds = dict[str, type[_Part]]
_MAPPINGS: _Kinds = {"measures": Measure, "dimensions": Dimension, "values": Values}
_LISTS: _Kinds = {"joins": Join, "never": Never}
ADVICE = {
    "expr": "Write SQL, such as SUM(orders.total).",
    "relationship": "Write many_to_one, one_to_one or one_to_many.",
    "on": "Write how columns compare, such as orders.customer_id = customers.id.",
    "answer": "Write the sentence that people get.",
    "samples": "List some values.",
}


def in_full(section: Any) -> Any:
    """Return a section in which each definition that is only SQL is a mapping."""
    if not isinstance(section, dict):
        return section
    full = dict(section)
    for kind in ("measures", "dimensions"):
        if isinstance(section.get(kind), dict):
            full[kind] = {
                name: {"expr": value} if isinstance(value, str) else value
                for name, value in section[kind].items()
            }
    return full


def misshapen(section: Any) -> list[Mistake]:
    """Return the mistakes in the fields of a section, which is in full."""
    mistakes = []
    try:
        SourceConfig.model_validate(section)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        mistakes = [explain(e, section, keys_at, ADVICE) for e in first_causes(errors, keys_at)]
    return [*mistakes, *_expressions(section), *_empty(section)]


def keys_at(path: Path) -> tuple[str, ...]:
    """Return the keys that the mapping at a path may have; none where they are free."""
    if not path:
        return tuple(SourceConfig.model_fields)
    shape = (_MAPPINGS | _LISTS).get(str(path[0]))
    return tuple(shape.model_fields) if shape and len(path) > 1 else ()


def _expressions(section: Any) -> Iterator[Mistake]:
    """Yield each expression that is neither SQL nor a mapping."""
    for path, part in parts(section):
        for key in EXPRESSIONS:
            value = part.get(key)
            if key in part and not isinstance(value, dict) and not _is_sql(value):
                yield Mistake((*path, key), _NO_EXPRESSION)


def _is_sql(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _empty(section: Any) -> Iterator[Mistake]:
    for path, part in parts(section):
        if path[0] == "never" and not any(part.get(k) for k in ("tables", "columns", "topics")):
            yield Mistake(path, _NOTHING, at_key=True)


def parts(section: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield each definition of a section that is a mapping, with its path."""
    for kind in (*_MAPPINGS, *_LISTS) if isinstance(section, dict) else ():
        known = section.get(kind)
        items: Any = known.items() if isinstance(known, dict) else enumerate(known or ())
        if isinstance(known, dict | tuple):
            yield from (((kind, key), value) for key, value in items if isinstance(value, dict))
