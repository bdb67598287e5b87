"""The names of tables and columns in meanings, as far as the source's file knows them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from core.text import did_you_mean, quote
from core.yaml.errors import Mistake
from core.yaml.tree import Path
from workflow.meanings.schema import SourceConfig
from workflow.sources.engines import named
from workflow.sources.source import Source

_BAD_NAME = "is not a name of a measure or a dimension. Use letters, digits and _."
_TWICE = "is a measure and a dimension. Give one of them another name."
_NO_COLUMN = "names no column. Write table.column."


def misnamed(config: SourceConfig, source: Source) -> Iterator[Mistake]:
    """Yield names that cannot be, and tables that the source does not list."""
    tables = {named(table, source.dialect)[1] for table in source.tables}
    yield from _definitions(config)
    for path, table, at_key in (*_columns(config), *_tables(config)):
        if table is None:
            yield Mistake(path, f"{quote(str(path[-1]))} {_NO_COLUMN}", at_key=True)
        elif table.lower() not in {known.lower() for known in tables}:
            message = f"{quote(table)} is no listed table.{did_you_mean(table, tables)}"
            yield Mistake(path, message, at_key)


def _definitions(config: SourceConfig) -> Iterator[Mistake]:
    both = Counter(name.lower() for name in (*config.measures, *config.dimensions))
    for kind in ("measures", "dimensions"):
        for name in getattr(config, kind):
            if not name.isidentifier():
                yield Mistake((kind, name), f"{quote(name)} {_BAD_NAME}", at_key=True)
            elif kind == "dimensions" and both[name.lower()] > 1:
                yield Mistake((kind, name), f"{quote(name)} {_TWICE}", at_key=True)


Named = tuple[Path, str | None, bool]


def _columns(config: SourceConfig) -> Iterator[Named]:
    """Yield the table of each `table.column`, None for a name without one."""
    for kind in ("codes", "values"):
        for name in getattr(config, kind):
            yield (kind, name), table_of(name), True
    for number, one in enumerate(config.never):
        for at, name in enumerate(one.columns):
            yield ("never", number, "columns", at), table_of(name), False


def _tables(config: SourceConfig) -> Iterator[Named]:
    for name in config.synonyms:
        yield ("synonyms", name), table_of(name) or name, True
    for number, one in enumerate(config.never):
        for at, name in enumerate(one.tables):
            yield ("never", number, "tables", at), name, False
    for number, join in enumerate(config.joins):
        yield ("joins", number, "left"), join.left, False
        yield ("joins", number, "right"), join.right, False


def table_of(name: str) -> str | None:
    """Return the table of `table.column`; None for a name without a column."""
    table, dot, column = name.rpartition(".")
    return table if dot and table and column else None


def column_of(name: str) -> tuple[str, str]:
    """Return the table and the column of `table.column`, in small letters."""
    table, _, column = name.rpartition(".")
    return table.lower(), column.lower()
