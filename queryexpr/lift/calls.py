"""sqlglot's calls of functions, aggregates and windows → ours: one function for each class."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.dialects.allowed import is_unit
from queryexpr.dialects.operators import FUNCTIONS, RANKINGS
from queryexpr.expression import Aggregate, Array, Function, MeasureName, Native, Op, Part, Series
from queryexpr.issues import Refused, did_you_mean, nearest
from queryexpr.lift.aggregates import count_operands, read_aggregate
from queryexpr.lift.json import read_json_call
from queryexpr.lift.parts import read_array_query, read_get
from queryexpr.lift.reader import Reader, Reading
from queryexpr.lift.series import read_series
from queryexpr.lift.windows import WINDOWS

MAX_NAME = 128


def read_call(
    reader: Reader, node: exp.Anonymous
) -> Aggregate | Array | Function | MeasureName | Native | Op | Part | Series:
    """Read a call as it is written. A function that no list allows is refused."""
    name = str(node.name).upper()
    if name == "MEASURE" and (measure := _measure(node)):
        return measure
    if name in ("GET", "GET_PATH") and reader.dialect.fields == "brackets":
        return read_get(reader, node)
    if name in reader.dialect.json_calls:
        return read_json_call(reader, node)
    if name in reader.dialect.series_read and reader.dialect.series == "array":
        return read_series(reader, node)
    if name == "ARRAY" and reader.dialect.array_queries:
        return read_array_query(reader, node)
    if name in reader.dialect.row_calls:
        raise reader.wrong("not_supported", f"{name} makes rows: write it in FROM.", node)
    if name == "ARRAY_CONSTRUCT" and reader.dialect.arrays == "variant":
        return Array(array=reader.values(node.expressions))
    if aggregate := read_aggregate(reader, name, node):
        return aggregate
    if name.lower() in RANKINGS:
        return _function(reader, name.lower(), RANKINGS, node)
    if portable := reader.dialect.spellings.get(name):
        if portable == "substring":
            _check_start(reader, node)
        return _function(reader, portable, FUNCTIONS, node)
    if reader.dialect.may_call(name):
        return _native(reader, name, node)
    reader.note(_unlisted(reader, name, node))
    return Native(native=name[:MAX_NAME], args=reader.values(node.expressions))


def _measure(node: exp.Anonymous) -> MeasureName | None:
    """Read MEASURE(net_revenue), as semantic layers spell a measure; None for other operands."""
    column = node.expressions[0] if len(node.expressions) == 1 else None
    is_name = isinstance(column, exp.Column) and not column.table
    return MeasureName(measure=column.name) if is_name and column else None


def _unlisted(reader: Reader, name: str, node: exp.Expr) -> Refused:
    """Return the error about a function that may not be called."""
    dialect = reader.dialect
    near = nearest(name, [*dialect.scalars(), *dialect.spellings])
    message = f"{name[:40]} is not a function that may be called in {dialect.title}."
    return reader.wrong("function", message + did_you_mean(near), node, near=near)


def _function(reader: Reader, name: str, table: Any, node: exp.Anonymous) -> Function:
    count_operands(reader, node.name.upper(), len(node.expressions), table[name], node)
    return Function(fn=name, args=reader.values(node.expressions))


def _check_start(reader: Reader, node: exp.Anonymous) -> None:
    """Refuse SUBSTR(x, '2'): as SUBSTRING(x FROM '2') it would be a pattern in some dialects."""
    for operand in node.expressions[1:]:
        if operand.is_string:
            raise reader.wrong("operands", f"{node.name.upper()} needs a number there.", operand)


def _native(reader: Reader, name: str, node: exp.Anonymous) -> Native | Function:
    operands = _placed(node.expressions) if name == "MAKE_INTERVAL" else list(node.expressions)
    position = reader.dialect.unit_at.get(name)
    if position is None or position >= len(operands):
        return Native(native=name, args=reader.values(operands))
    unit = operands.pop(position)
    word = _unit(unit)
    if not is_unit(word) or (isinstance(unit, exp.Column) and unit.table):
        raise reader.wrong("unit", f"{name} needs a part of a date there, such as MONTH.", unit)
    return Native(native=name, args=reader.values(operands), unit=word)


_LENGTHS = "years months weeks days hours mins secs".split()


def _placed(operands: list[exp.Expr]) -> list[exp.Expr]:
    """Return `days => 3` of MAKE_INTERVAL in its place, after zeros."""
    named = {o.this.name.lower(): o.expression for o in operands if isinstance(o, exp.Kwarg)}
    if not named or len(named) < len(operands) or not named.keys() <= {*_LENGTHS}:
        return operands
    last = max(map(_LENGTHS.index, named))
    return [named.get(unit, exp.Literal.number(0)) for unit in _LENGTHS[: last + 1]]


def _unit(node: exp.Expr) -> str:
    """Return a part of a date in capitals. Weeks that begin on a Monday are ISO's."""
    word = str(node.name).upper()
    if not node.expressions:
        return word
    is_monday = word == "WEEK" and [day.name.upper() for day in node.expressions] == ["MONDAY"]
    return "ISOWEEK" if is_monday else ""


def _substring(reader: Reader, node: exp.Substring) -> Function:
    reader.only(node, "this", "start", "length", "zero_start")
    parts = [node.this, node.args.get("start"), node.args.get("length")]
    if parts[1] is None:
        raise reader.wrong("operands", "SUBSTRING takes 2 to 3 operands, not 1.", node)
    return Function(fn="substring", args=reader.values([part for part in parts if part]))


def _extreme(reader: Reader, node: exp.Max | exp.Min) -> Aggregate | Function:
    """Read MAX and MIN where sqlglot has a rule for them."""
    reader.only(node, "this", "expressions")
    name = type(node).__name__.upper()
    return read_call(reader, exp.Anonymous(this=name, expressions=[node.this, *node.expressions]))  # type: ignore[return-value]


def _position(reader: Reader, node: exp.StrPosition) -> Function:
    reader.only(node, "this", "substr", "clamp_position")
    return Function(fn="position", args=reader.values([node.args["substr"], node.this]))


def _trim(reader: Reader, node: exp.Trim) -> Function:
    reader.only(node, "this", "position", "expression")
    name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(node.args.get("position") or "", "trim")
    parts = [node.this, node.args.get("expression")]
    return Function(fn=name, args=reader.values([part for part in parts if part]))


def _rounded(reader: Reader, node: exp.Ceil | exp.Floor) -> Function:
    reader.only(node, "this")
    name = "ceil" if isinstance(node, exp.Ceil) else "floor"
    return Function(fn=name, args=(reader.value(node.this),))


def _today(reader: Reader, node: exp.CurrentDate) -> Function | Native:
    reader.only(node)
    if reader.dialect.dates_have_hours:
        return Native(native="CURRENT_DATE")
    return Function(fn="current_date")


def _now(reader: Reader, node: exp.CurrentTimestamp) -> Function | Native:
    reader.only(node, "sysdate")
    if node.args.get("sysdate"):  # the server's time, not the session's
        return Native(native="SYSDATE")
    return Function(fn="current_timestamp")


def _server_time(reader: Reader, node: exp.Systimestamp) -> Native:
    reader.only(node)
    return Native(native="SYSTIMESTAMP")


CALLS: dict[type[exp.Expr], Reading] = {
    exp.Anonymous: read_call, exp.Substring: _substring, exp.StrPosition: _position,
    exp.Trim: _trim,
    exp.Ceil: _rounded, exp.Floor: _rounded, exp.Max: _extreme, exp.Min: _extreme,
    exp.CurrentDate: _today, exp.CurrentTimestamp: _now, exp.Systimestamp: _server_time,
    **WINDOWS,
}  # fmt: skip
