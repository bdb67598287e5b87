"""
The schema of the file that lists data sources, and the messages for its mistakes.

A finding is a path below the source's section, a sentence, and whether the path's key is at fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from core.text import quote
from core.variables import only_in
from core.yaml.errors import Mistake, explain, first_causes
from core.yaml.tree import Path
from queryexpr import fault
from queryexpr.dialects.all import DIALECTS

MAX_COLUMNS = 20  # whose values are read
_NO_NAME = (
    "A table's name has 1 to 128 characters, without spaces at its ends and control characters."
)
_NO_COLUMN = "is no column of a listed table. Write table.column, with a table as it is listed."


class _Part(BaseModel):
    # hide_input: pydantic would quote the value at fault, which may be a URL.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class ColumnConfig(_Part):
    """A column. With `values`, local models see its most frequent texts."""

    values: bool = False


class SourceConfig(_Part):
    """One data source. Fields with a default may be omitted."""

    url: str = Field(min_length=1)
    title: str = Field("", min_length=1, max_length=200)
    groups: tuple[str, ...] = Field(min_length=1)
    tables: tuple[str, ...] = Field(min_length=1)
    local_only: bool = False
    run: bool = False
    auto_run: bool = False
    seconds: FiniteFloat = Field(10.0, ge=0.1, le=300)
    rows: int = Field(1000, ge=1, le=100_000)
    columns: dict[str, ColumnConfig] = Field(default={}, min_length=1, max_length=MAX_COLUMNS)

    @property
    def values(self) -> tuple[tuple[str, str], ...]:
        """The columns whose values local models see, each with its table."""
        shown = (name for name, column in self.columns.items() if column.values)
        return tuple(filter(None, (split_column(name, self.tables) for name in shown)))


KEYS = tuple(SourceConfig.model_fields)
COLUMN_KEYS = tuple(ColumnConfig.model_fields)

ADVICE = {
    "groups": "List the groups that may see the source.",
    "tables": "List the tables that questions may use.",
}


def misshapen(section: Any) -> list[Mistake]:
    """Return the mistakes in the fields of a source's section."""
    try:
        SourceConfig.model_validate(section)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        return [explain(e, section, _keys_at, ADVICE) for e in first_causes(errors, _keys_at)]
    return []


def _keys_at(path: Path) -> tuple[str, ...]:
    return COLUMN_KEYS if path[:1] == ("columns",) else KEYS


def split_column(name: str, tables: tuple[str, ...]) -> tuple[str, str] | None:
    """Return the listed table and the column that `table.column` names; None for others."""
    fitting = [table for table in tables if name.startswith(f"{table}.")]
    table = max(fitting, key=len, default="")
    column = name[len(table) + 1 :]
    return (table, column) if table and column else None


def misplaced(section: Any) -> Iterator[Mistake]:
    """Yield each `${` where variables are not replaced, and each `*`, which is not supported."""
    for key, value in section.items():
        for path, text in _texts(key, value):
            if "${" in text and key != "url":
                yield Mistake(path, only_in(["url"]))
            elif key in ("groups", "tables") and "*" in text:
                yield Mistake(path, f"List the {key} by name; '*' is not a name.")


def never_run(section: Any) -> Iterator[Mistake]:
    """Yield `auto_run` where nothing is run."""
    if section.get("auto_run") is True and section.get("run") is not True:
        message = "Nothing is run on this source. Add run: true, or remove auto_run."
        yield Mistake(("auto_run",), message)


def ill_named(dialect: str, section: Any) -> Iterator[Mistake]:
    """Yield the mistakes in the names of a source's tables."""
    seen: set[str] = set()
    for path, text in _texts("tables", section.get("tables")):
        if text in seen:
            yield Mistake(path, f"{quote(text)} appears twice here. Keep one.")
        elif fault(text) or text != text.strip():
            yield Mistake(path, _NO_NAME)
        elif text.lower().startswith(DIALECTS[dialect].system_tables):
            yield Mistake(path, f"{quote(text)} is a system table. List only your own tables.")
        seen.add(text)


def unlisted(section: Any) -> Iterator[Mistake]:
    """Yield the columns that are of no listed table."""
    columns, tables = section.get("columns"), section.get("tables")
    if not isinstance(columns, dict) or not isinstance(tables, tuple):
        return
    listed = tuple(table for table in tables if isinstance(table, str))
    for name in columns:
        if not split_column(str(name), listed):
            yield Mistake(("columns", name), f"{quote(str(name))} {_NO_COLUMN}", at_key=True)


def _texts(key: str, value: Any) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield (key,), value
    elif isinstance(value, tuple):
        yield from (((key, at), text) for at, text in enumerate(value) if isinstance(text, str))
