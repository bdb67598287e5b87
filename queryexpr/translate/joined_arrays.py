"""Arrays that `||` joins: an array that is null is left out in some dialects, and makes null."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect
from queryexpr.translate.changes import bare

_LEFT_OUT = "COALESCE({left} || {right}, {left}, {right})"
_NULL = "CASE WHEN NOT ({left} IS NULL OR {right} IS NULL) THEN {left} || {right} END"


def joined_arrays(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return arrays that are joined as `source` joins them. Raises Refused for other values."""
    differs = source.joins_null_arrays != target.joins_null_arrays
    if isinstance(node, exp.Concat) and differs and any(map(_is_array, node.expressions)):
        raise lacks(target, f"CONCAT of arrays as that of {source.title}")
    if not isinstance(node, exp.DPipe) or not differs:
        return node
    sides = (bare(node.left), bare(node.right))
    if not any(map(_is_array, sides)):
        return node
    if not all(_is_array(side) or isinstance(side, exp.Null) for side in sides):
        raise lacks(target, "array joined with a value that is none: write an array of it")
    if all(isinstance(side, exp.Array) for side in sides):
        return node
    node.type = exp.DataType.build("array")
    template = _LEFT_OUT if source.joins_null_arrays else _NULL
    return fill(template, target, left=sides[0], right=sides[1])


def _is_array(value: exp.Expr) -> bool:
    if isinstance(value, exp.DPipe):
        return _is_array(bare(value.left)) or _is_array(bare(value.right))
    return isinstance(value, exp.Array | exp.ArrayAgg) or bool(value.is_type("array"))
