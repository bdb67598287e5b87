"""sqlglot's value expressions → ours: one function for each class, in VALUES."""

from __future__ import annotations

import math
from typing import Any

from sqlglot import exp

from queryexpr.dialects.allowed import affinity, is_type, is_unit
from queryexpr.dialects.operators import UNITS
from queryexpr.expression import (
    Case,
    Cast,
    Column,
    Function,
    Item,
    Native,
    Number,
    Op,
    Star,
    Subquery,
    When,
)
from queryexpr.expression.values import is_number, plain_number
from queryexpr.lift.calls import CALLS
from queryexpr.lift.conditions import CONDITIONS
from queryexpr.lift.json import JSON
from queryexpr.lift.lengths import parts_of, read_interval, text_of
from queryexpr.lift.parts import PARTS, read_dots
from queryexpr.lift.reader import Reader, Reading


def read_column(reader: Reader, node: exp.Column) -> Any:
    reader.only(node, "this", "table", "db", "catalog")
    if node.db and reader.dialect.fields == "dots" and not isinstance(node.this, exp.Star):
        return read_dots(reader, node)
    table = node.table or None
    if isinstance(node.this, exp.Star):
        return read_star(reader, node.this, table)
    if not isinstance(node.this, exp.Identifier):
        raise reader.refuse(node)
    column = Column(column=node.name, table=table)
    if table is None and reader.sql[node.this.meta.get("start", 0) :][:1] == '"':
        reader.quoted.add(id(column))  # `a` and [a] are never texts
    return column


def read_star(reader: Reader, node: exp.Star, table: str | None = None) -> Star:
    """Read `*`, and `* EXCEPT (a) REPLACE (b + 1 AS b)`."""
    reader.only(node, "except_", "replace")
    left_out = node.args.get("except_") or ()
    if any(getattr(name, "table", "") for name in left_out):
        raise reader.refuse(node)
    replaced = tuple(
        Item(expr=reader.value(item.this), alias=item.alias)
        for item in node.args.get("replace") or ()
    )
    names = tuple(name.name for name in left_out)
    return Star(star=True, table=table, except_=names, replace=replaced)


def read_escaped(reader: Reader, node: exp.ByteString) -> str:
    """Read a text of Postgres, E'a\\n', which sqlglot has read; bytes are no text."""
    if node.args.get("is_bytes"):
        raise reader.refuse(node)
    return str(node.this)


def read_literal(reader: Reader, node: exp.Literal) -> str | float | Number:
    """Read a text or a number. A number keeps its text where a float would be written as another:
    `1.10` has a scale, and `1e3` is exact in some dialects.
    """
    text = str(node.this)
    if node.is_string:
        return text
    if not is_number(text):
        raise reader.refuse(node)
    number = plain_number(text)
    if number is None and math.isinf(float(text)):
        raise reader.wrong("number", f"{text[:40]} is too large a number.", node)
    return Number(number=text) if number is None else number


def read_negative(reader: Reader, node: exp.Neg) -> Any:
    value = reader.value(node.this)
    if isinstance(node.this.unnest(), exp.Literal) and isinstance(value, int | float):
        return -value
    return Op(op="neg", args=(value,))


def read_case(reader: Reader, node: exp.Case) -> Case:
    reader.only(node, "this", "ifs", "default")
    branches = tuple(
        When(when=reader.value(branch.this), then=reader.value(branch.args["true"]))
        for branch in node.args["ifs"]
    )
    of, otherwise = reader.maybe(node.args.get("this")), node.args.get("default")
    return Case(case=branches, of=of, otherwise=reader.value(otherwise) if otherwise else None)


def read_if(reader: Reader, node: exp.If) -> Case:
    reader.only(node, "this", "true", "false")
    branch = When(when=reader.value(node.this), then=reader.value(node.args["true"]))
    otherwise = node.args.get("false")
    return Case(case=(branch,), otherwise=reader.value(otherwise) if otherwise else None)


def read_cast(reader: Reader, node: exp.Cast) -> Cast:
    reader.only(node, "this", "to", "safe", "requires_string")
    if reader.dialect.affinities and node.to.is_type(*exp.DataType.TEMPORAL_TYPES):
        _check_temporal(reader, node)
    affinities = reader.dialect.affinities  # sqlglot would write SQLite's types, not the word
    name = node.to.sql(dialect=None if affinities else reader.dialect.name).lower()
    if affinities:
        name = affinity(name)
    if not is_type(name):
        raise reader.refuse(node)
    value = reader.value(node.this)
    if name == "interval" and isinstance(value, str) and (parts := parts_of(value)):
        value = text_of(parts)
    if reader.dialect.whole_seconds and not node.meta.get("call") and "." in str(value):
        name += "" if "(" in name else "(6)"  # TIMESTAMP '… 10:00:00.5' keeps its fraction
    return Cast(cast=value, type=name, safe=type(node) is exp.TryCast)


def read_date(reader: Reader, node: exp.DateStrToDate | exp.StrToTime) -> Cast:
    """Read DATE '…' and TIMESTAMP '…' of Oracle, whose calls are read by their names."""
    name = "date" if isinstance(node, exp.DateStrToDate) else "timestamp"
    return Cast(cast=reader.value(node.this), type=name)


def _check_temporal(reader: Reader, node: exp.Cast) -> None:
    """Refuse DATE '…' and `x::DATE`, which SQLite does not take: its CAST would make a number."""
    if not node.meta.get("call"):
        title, word = reader.dialect.title, node.to.this.value
        message = f"{title} has no {word} '…' and no ::{word}: write the text, or a function of it."
        raise reader.wrong("syntax", message, node)


def read_extract(reader: Reader, node: exp.Extract) -> Any:
    reader.only(node, "this", "expression")
    if node.this.expressions:  # WEEK(MONDAY), which begins in January
        raise reader.refuse(node)
    word = node.this.name.lower()
    unit = _PARTS.get(word, word)
    own = (unit == "weekday" and not reader.dialect.sunday_is_0) or (
        unit == "week" and not reader.dialect.weeks_are_iso
    )
    if own or unit not in UNITS:
        if not is_unit(word.upper()):
            raise reader.refuse(node)
        return Native(native="EXTRACT", unit=word.upper(), args=(reader.value(node.expression),))
    return Function(fn="extract", unit=unit, args=(reader.value(node.expression),))


def read_zone(reader: Reader, node: exp.AtTimeZone) -> Op:
    return Op(op="at time zone", args=(reader.value(node.this), reader.value(node.args["zone"])))


def read_collation(reader: Reader, node: exp.Collate) -> Op:
    if not reader.dialect.may_collate(node.expression.name):
        raise reader.refuse(node)
    return Op(op="collate", args=(reader.value(node.this), node.expression.name))


def read_subquery(reader: Reader, node: exp.Subquery) -> Subquery:
    return Subquery(query=reader.query(node))


_PARTS = {"dow": "weekday", "doy": "yearday", "dayofyear": "yearday", "dayofweek": "weekday"}
VALUES: dict[type[exp.Expr], Reading] = {
    **CONDITIONS,
    **dict.fromkeys((exp.Cast, exp.TryCast), read_cast),
    **dict.fromkeys((exp.Select, exp.Union, exp.Intersect, exp.Except), read_subquery),
    **dict.fromkeys((exp.DateStrToDate, exp.StrToTime), read_date),
    exp.Subquery: read_subquery, exp.AtTimeZone: read_zone, exp.Collate: read_collation,
    exp.Column: read_column, exp.Star: read_star, exp.Literal: read_literal,
    exp.ByteString: read_escaped,
    exp.National: lambda r, n: str(n.this),
    exp.RawString: lambda r, n: str(n.this),  # r'…', in which a backslash is one
    exp.Null: lambda r, n: None, exp.Boolean: lambda r, n: bool(n.this), exp.Neg: read_negative,
    exp.Paren: lambda r, n: r.value(n.this),
    exp.Case: read_case, exp.If: read_if, exp.Interval: read_interval, exp.Extract: read_extract,
    **CALLS, **PARTS, **JSON,
}  # fmt: skip
