"""Arrays and records of a query that is translated: what the target has not is an error."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import (
    Aggregate,
    Array,
    Cast,
    Derived,
    Interval,
    Native,
    Op,
    Part,
    Select,
    Series,
    Star,
    TableName,
    Unnest,
)
from queryexpr.walk import walk


def check_nested(query: Any, source: Dialect, target: Dialect) -> None:
    """Raise Refused for an array or a record that the target lacks, or means otherwise."""
    for node, _ in walk(query, subqueries=True):
        read = _LACKING.get(type(node))
        if read and (what := read(node, source, target)):
            raise lacks(target, what)


def _array(node: Array, source: Dialect, target: Dialect) -> str:
    same = source.arrays == target.arrays == "typed"
    return "" if same else f"arrays as those of {source.title}"


def _query(node: Op, source: Dialect, target: Dialect) -> str:
    if node.op == "row" and target.counts_rows != "rows":
        return "COUNT of distinct rows with their nulls"
    lacking = node.op == "array" and not target.array_queries
    return "ARRAY with a query" if lacking else ""


def _native(node: Native, source: Dialect, target: Dialect) -> str:
    """Name what makes an array of a text, a text of one, or JSON: of '' and nulls they differ."""
    is_own = node.native in _SPLITS or node.native.startswith(_JSON)
    return f"{node.native} as that of {source.title}" if is_own else ""


def _aggregate(node: Aggregate, source: Dialect, target: Dialect) -> str:
    if node.agg == "count" and len(node.args) > 1 and not target.counts_rows:
        return "COUNT(DISTINCT a, b)"
    is_json = node.agg.startswith("json")
    return f"{node.agg.upper()} as that of {source.title}" if is_json else ""


_JSON = ("JSON_BUILD", "JSONB_BUILD", "TO_JSON")
_SPLITS = {"ARRAY_TO_STRING", "SPLIT", "STRING_SPLIT", "STRING_TO_ARRAY", "STR_SPLIT"}


def _part(node: Part, source: Dialect, target: Dialect) -> str:
    if node.form != "value":
        return f"paths of JSON as those of {source.title}"
    names = any(isinstance(step, str) for step in node.path)
    if names and (source.fields != target.fields or source.fields == "brackets"):
        return f"fields of records as those of {source.title}"
    numbers = [step for step in node.path if not isinstance(step, str)]
    if numbers and not source.arrays == target.arrays == "typed":
        return f"elements of arrays as those of {source.title}"
    if any(isinstance(step, int) and step < 0 for step in numbers) and not target.ends:
        return "elements that are counted from the end"
    if any(not isinstance(step, int) for step in numbers):  # sqlglot adds 1 to some
        return f"computed numbers of elements as {source.title} counts them"
    return ""


def _unnest(node: Unnest, source: Dialect, target: Dialect) -> str:
    if getattr(node.unnest, "native", "") in source.row_calls:
        return f"{node.unnest.native} as that of {source.title}"
    if source.unnest not in _PLAIN or target.unnest not in _PLAIN:
        return f"rows made of arrays as those of {source.title}"
    if node.position and source.unnest != target.unnest:
        return f"numbers of elements that begin with {node.first}"
    return ""


def _series(node: Series, source: Dialect, target: Dialect) -> str:
    if not target.series:
        return f"function that counts as those of {source.title}"
    columns = source.unnest == target.unnest or (target.unnest, target.series) == ("table", "array")
    if not columns:
        return f"series whose rows are named as those of {source.title}"
    if isinstance(node.series[-1], Interval | Cast):  # dates in one, times in another
        return f"series of dates as those of {source.title}"
    return ""


def _select(node: Select, source: Dialect, target: Dialect) -> str:
    """Name a star over elements, which some dialects show as their fields."""
    stars = any(isinstance(item.expr, Star) for item in node.select)
    sources = (node.from_, *(join.source for join in node.joins))
    if stars and source.unnest != target.unnest and any(isinstance(s, Unnest) for s in sources):
        return f"* over elements of arrays as {source.title} has it: name the columns"
    return ""


def _derived(node: Derived, source: Dialect, target: Dialect) -> str:
    lacking = node.lateral and not target.lateral
    return f"LATERAL as that of {source.title}" if lacking else ""


def _table(node: TableName, source: Dialect, target: Dialect) -> str:
    many = source.wildcards and not target.wildcards and node.table.endswith("*")
    return f"table such as {node.table}, which means many" if many else ""


_PLAIN = ("table", "value")
_LACKING: dict[type, Any] = {
    Aggregate: _aggregate, Array: _array, Derived: _derived, Native: _native, Op: _query,
    Part: _part, Select: _select, Series: _series, TableName: _table, Unnest: _unnest,
}  # fmt: skip


def nested(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a node in the words of the target."""
    if isinstance(node, exp.Bracket) and target.element == "word" != source.element:
        node.set("offset", 0)  # sqlglot counts from 0
        node.set("safe", True)
    is_outer = isinstance(node, exp.Join) and isinstance(node.this, exp.Unnest) and node.side
    if is_outer and not node.args.get("on"):
        node.set("on", exp.true())
    if isinstance(node, exp.TryCast):
        node.set("requires_string", True)  # sqlglot would write CAST for Snowflake
    return node
