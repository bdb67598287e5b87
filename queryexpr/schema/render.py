"""A catalogue as text: our own CREATE TABLE for prompts and for checks that bind, and JSON.

Nothing of the schema's text is copied but names, plain types and comments on one line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import accumulate
from typing import Any

from sqlglot import exp

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.grammar import keywords
from queryexpr.schema.catalogue import Catalogue, Column, ForeignKey, Table
from queryexpr.schema.nested import spelled

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_TYPE = re.compile(
    r"[A-Z][A-Z0-9_]*(?: [A-Z][A-Z0-9_]*)*"  # DOUBLE PRECISION
    r"(?:\((?:MAX|[\d*]+(?: ?(?:CHAR|BYTE))?(?:, ?-?\d+)?)\))?"  # (20), (10,2), (20 CHAR)
    r"(?: [A-Z]+)*(?:\[\])*",  # WITH TIME ZONE
    re.ASCII,
)
_FOLDS: dict[str, Callable[[str], str]] = {"lower": str.lower, "upper": str.upper, "": str}
MAX_COMMENT_LENGTH = 200  # characters
MAX_VALUES, MAX_VALUE_LENGTH = 20, 40
MAX_EXAMPLES_LENGTH = MAX_COMMENT_LENGTH - len("such as ")


def to_ddl(catalogue: Catalogue, dialect: Dialect, *, comments: bool = False) -> str:
    """Return a CREATE TABLE statement for each table, with nothing but columns and keys."""
    return "\n\n".join(table_ddl(table, catalogue, dialect, comments) for table in catalogue.tables)


def table_ddl(table: Table, catalogue: Catalogue, dialect: Dialect, comments: bool) -> str:
    """Return its CREATE TABLE statement; foreign keys of tables outside `catalogue` are left out.

    A comment follows the comma of its column: before it, the comma would be a part of the comment.
    """
    columns = [(column_ddl(column, dialect), remark_of(column)) for column in table.columns]
    keys = [(line, "") for line in _keys(table, catalogue, dialect)]
    *first, (last, comment) = columns + keys
    lines = [f"  {line},{_remark(text, comments)}" for line, text in first]
    lines.append(f"  {last}{_remark(comment, comments)}")
    head = f"CREATE TABLE {_qualified(table, dialect)} ({_remark(table.comment, comments)}"
    return "\n".join((head, *lines, ");"))


def column_ddl(column: Column, dialect: Dialect) -> str:
    """Return the column's name, type and NOT NULL. A type that is not plain becomes TEXT."""
    kind = spelled(column.type, dialect.nested_types, _TYPE) or "TEXT"
    written = f"{name_ddl(column.name, dialect, column.quoted)} {kind}"
    return written if column.nullable else f"{written} NOT NULL"


def name_ddl(name: str, dialect: Dialect, quoted: bool = False) -> str:
    """Return the name, in quotes if it is not found as it is spelled without."""
    plain = _PLAIN.fullmatch(name) and name.upper() not in keywords(dialect)
    if plain and not (quoted and _FOLDS[dialect.folds](name) != name):
        return name
    return exp.to_identifier(name, quoted=True).sql(dialect=dialect.name)


def on_one_line(comment: str) -> str:
    """Return the comment without line breaks and control characters, and not long."""
    words = " ".join(comment.split())
    fit = words.isprintable()
    text = words if fit else "".join(letter for letter in words if letter.isprintable())
    text = text.strip()
    return text if len(text) <= MAX_COMMENT_LENGTH else f"{text[: MAX_COMMENT_LENGTH - 1]}…"


def remark_of(column: Column) -> str:
    """Return what a prompt says of a column: its comment, and values that it may have, or has."""
    if not column.values:
        return "; ".join(filter(None, (_examples(column.examples), column.comment)))
    some = [_quoted(value[:MAX_VALUE_LENGTH]) for value in column.values[:MAX_VALUES]]
    more = ", …" if len(column.values) > MAX_VALUES else ""
    listed = f"one of {', '.join(some)}{more}"
    return f"{column.comment}; {listed}" if column.comment else listed


def _examples(values: tuple[str, ...]) -> str:
    """Return as many as fit, each whole: a part of one would be another value."""
    texts = [_quoted(value) for value in values if on_one_line(value) == value]
    sizes = accumulate(len(text) + 2 for text in texts)
    fit = [text for text, size in zip(texts, sizes, strict=True) if size <= MAX_EXAMPLES_LENGTH]
    return f"such as {', '.join(fit)}" if fit else ""


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def to_json(catalogue: Catalogue) -> dict[str, Any]:
    """Return what `schema_json.read_tables` reads; what is empty or usual is left out."""
    return {"tables": [_table_json(table) for table in catalogue.tables]}


def _remark(comment: str, comments: bool) -> str:
    text = on_one_line(comment) if comments and comment else ""
    return f" -- {text}" if text else ""


def _keys(table: Table, catalogue: Catalogue, dialect: Dialect) -> list[str]:
    own = [column for column in table.columns if column.primary_key]
    lines = [f"PRIMARY KEY ({_names(table, table.primary_key, dialect)})"] if own else []
    for key in table.foreign_keys:
        target = catalogue.table(key.table)
        if target:
            lines.append(_foreign(key, table, target, dialect))
    return lines


def _foreign(key: ForeignKey, table: Table, target: Table, dialect: Dialect) -> str:
    columns = _names(table, key.columns, dialect)
    references = _names(target, key.references, dialect)
    if dialect.qualified_references:
        name = _qualified(target, dialect)
    else:
        name = name_ddl(target.name, dialect, target.quoted)
    return f"FOREIGN KEY ({columns}) REFERENCES {name} ({references})"


def _names(table: Table, names: tuple[str, ...], dialect: Dialect) -> str:
    known = [(name, table.column(name)) for name in names]
    return ", ".join(
        name_ddl(n, dialect, column is not None and column.quoted) for n, column in known
    )


def _qualified(table: Table, dialect: Dialect) -> str:
    name = name_ddl(table.name, dialect, table.quoted)
    if table.database and dialect.databases:
        parts = (table.database, table.schema or dialect.main_schema)
        return ".".join([*(name_ddl(part, dialect) for part in parts), name])
    if table.schema.lower() in ("", dialect.main_schema):
        return name
    return f"{name_ddl(table.schema, dialect)}.{name}"


def _table_json(table: Table) -> dict[str, Any]:
    keys = [
        {"columns": [*key.columns], "table": key.table, "references": [*key.references]}
        for key in table.foreign_keys
    ]
    known = {
        "database": table.database,
        "schema": table.schema,
        "comment": table.comment,
        "foreign_keys": keys,
        "unique_keys": [[*key] for key in table.unique_keys],
    }
    columns = [_column_json(column) for column in table.columns]
    return {"name": table.name, "columns": columns, **_set(known)}


def _column_json(column: Column) -> dict[str, Any]:
    known = {
        "type": column.type,
        "primary_key": column.primary_key,
        "comment": column.comment,
        "values": [*column.values] if fits(column.values) else [],
        "examples": [*column.examples] if fits(column.examples) else [],
    }
    firm = not column.nullable and not column.primary_key
    return {"name": column.name, **_set(known), **({"nullable": False} if firm else {})}


def fits(values: tuple[str, ...]) -> bool:
    """Can a schema as JSON hold them?"""
    return len(values) <= 100 and all(len(value) <= 200 for value in values)


def _set(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
