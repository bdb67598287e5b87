"""Casts to numbers: of texts that are none, and to numbers without a sign."""

from __future__ import annotations

import re

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect

_WHOLE = re.compile(r"\s*[+-]?\d+")
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def read_number(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return the cast of a text as the number that `source` reads. Raises Refused."""
    if type(node) is not exp.Cast or not node.this.unnest().is_string:
        return node
    if not node.to.is_type(*exp.DataType.NUMERIC_TYPES):
        return node
    text = node.this.unnest()
    form = _WHOLE if node.to.is_type(*exp.DataType.INTEGER_TYPES) else _NUMBER
    if source.text_numbers == target.text_numbers or form.fullmatch(text.name.rstrip()):
        return node
    if source.text_numbers == "rounded" or text.name.strip(" +-")[:3].lower() in ("nan", "inf"):
        raise lacks(target, f"CAST of {text.name[:20]!r} to a number as {source.title} has it")
    if source.text_numbers == "prefix":
        found = form.match(text.name)
        text.replace(exp.Literal.string(found[0].strip() if found else "0"))
    return node


def signed_cast(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a cast to a number without a sign as one to BIGINT, which every dialect has."""
    if isinstance(node, exp.Cast) and node.to.is_type(*exp.DataType.UNSIGNED_INTEGER_TYPES):
        node.set("to", exp.DataType.build("bigint"))
        node.type = node.to
    return node
