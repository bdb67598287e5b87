"""Elements of arrays as rows, in FROM → ours."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.expression import Column, Item, Native, Select, Subquery, Unnest
from queryexpr.lift.reader import Reader, Reading
from queryexpr.lift.renamed import read_named
from queryexpr.lift.series import read_series_rows


def read_unnest(reader: Reader, node: exp.Unnest) -> Unnest:
    """Read UNNEST(a) AS x WITH OFFSET AS n, or UNNEST(a) WITH ORDINALITY AS t (x, n)."""
    reader.only(node, "expressions", "alias", "offset")
    if reader.dialect.unnest not in ("table", "value"):
        raise reader.wrong("not_supported", f"{reader.dialect.title} has no UNNEST.", node)
    return _unnest(reader, node, node.args.get("alias"))


def _unnest(reader: Reader, node: exp.Unnest, alias: exp.TableAlias | None) -> Unnest:
    offset: Any = node.args.get("offset")
    columns = [column.name for column in alias.columns] if alias else []
    named = isinstance(offset, exp.Identifier)
    if len(node.expressions) != 1 or len(columns) > 1 or (offset and not named):
        raise reader.refuse(node)
    array = reader.value(node.expressions[0])
    position = offset.name if named else None
    if reader.dialect.unnest == "value":
        name = columns[0] if columns else None
        return Unnest(unnest=array, alias=name, value=name, position=position)
    name = (alias.name if alias else "") or "unnest"
    value = columns[0] if columns else name
    return Unnest(unnest=array, alias=name, value=value, position=position, first=1)


def read_lateral(reader: Reader, node: exp.Lateral) -> Any:
    """Read LATERAL before a function that makes rows."""
    reader.only(node, "this", "alias", "cross_apply")  # `sources` reads the last
    inner, alias = node.this, node.args.get("alias")
    if isinstance(inner, exp.Subquery) and reader.dialect.lateral:
        reader.only(inner, "this")
        derived = read_named(reader, reader.query(inner.this), node)
        return derived.model_copy(update={"lateral": True})
    if isinstance(inner, exp.Unnest) and reader.dialect.unnest == "table":
        reader.only(inner, "expressions", "offset")
        return _unnest(reader, inner, alias)
    return read_rows_of(reader, node, inner, alias)


def read_rows_of(reader: Reader, node: exp.Expr, call: Any, alias: Any) -> Unnest:
    """Read FLATTEN(…) of Snowflake, or json_each(…) of SQLite."""
    name = call.name.upper() if isinstance(call, exp.Anonymous) else ""
    if name in reader.dialect.series_read and reader.dialect.unnest == "table":
        return read_series_rows(reader, call, alias)
    if name in reader.dialect.row_calls:
        return _read_row_call(reader, call, alias)
    if name == "TABLE" and len(call.expressions) == 1:
        return read_rows_of(reader, node, call.expressions[0], alias)
    if name != _CALLS.get(reader.dialect.unnest) or (alias and alias.columns):
        message = "A function cannot be used in FROM: name a table."
        if isinstance(call, exp.Subquery):
            message = f"{reader.dialect.title} has no LATERAL and no CROSS APPLY: write a join."
        raise reader.wrong("table_function", message, node)
    operands = _operands(reader, node, call)
    title = alias.name if alias and alias.name else name.lower()
    keep = isinstance(operands.get("outer"), exp.Boolean) and operands["outer"].this is True
    position = "index" if name == "FLATTEN" else "key"
    return Unnest(
        unnest=reader.value(operands["input"]), alias=title, value="value", position=position,
        keep_empty=keep,
    )  # fmt: skip


def _read_row_call(reader: Reader, call: exp.Anonymous, alias: Any) -> Unnest:
    """Read jsonb_array_elements(j) AS e, whose column is `value`; its alias means it, too."""
    columns = [column.name for column in alias.columns] if alias else []
    if len(columns) > 1:
        raise reader.wrong("column_count", f"{call.name} has one column.", call)
    title = (alias.name if alias else "") or call.name.lower()
    named = reader.dialect.row_calls[call.name.upper()]
    used = {
        column.name.lower() for column in call.root().find_all(exp.Column) if not column.table
    } | {c.name.lower() for c in call.root().find_all(exp.Column) if c.table.lower() == title}
    if named and title.lower() in used:
        if named in used and not columns:
            message = f"Name the column of {call.name}: write AS {title} ({named})."
            raise reader.wrong("not_supported", message, call)
        named = title
    native = Native(native=call.name.upper(), args=reader.values(call.expressions))
    value = columns[0] if columns else named or title
    return Unnest(unnest=native, alias=title, value=value, first=1)


def _operands(reader: Reader, node: exp.Expr, call: exp.Anonymous) -> dict[str, exp.Expr]:
    named = {
        part.this.name.lower(): part.expression
        for part in call.expressions
        if isinstance(part, exp.Kwarg)
    }
    bare = [part for part in call.expressions if not isinstance(part, exp.Kwarg)]
    if bare and "input" not in named:
        named["input"] = bare.pop(0)
    if bare or "input" not in named or set(named) - {"input", "outer"}:
        raise reader.refuse(node)
    if "outer" in named and not isinstance(named["outer"], exp.Boolean):
        raise reader.refuse(node)
    return named


_CALLS = {"flatten": "FLATTEN", "json_each": "JSON_EACH"}


def elements(reader: Reader, array: exp.Expr) -> Subquery:
    """Return the query that `x IN UNNEST(array)` means."""
    source = Unnest(unnest=reader.value(array), alias="element", value="element")
    item = Item(expr=Column(column="element"))
    return Subquery(query=Select(from_=source, select=(item,)))


UNNESTS: dict[type[exp.Expr], Reading] = {exp.Unnest: read_unnest, exp.Lateral: read_lateral}
