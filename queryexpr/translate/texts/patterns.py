"""Regular expressions in calls, and SUBSTRING(x FROM '@(.*)'), whose start is one."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types

_CALLS = (
    exp.RegexpExtract, exp.RegexpExtractAll, exp.RegexpInstr, exp.RegexpCount,
    exp.RegexpSplit, exp.RegexpSubstr, exp.RegexpFullMatch,
)  # fmt: skip


def is_regexp_call(node: exp.Expr) -> bool:
    """Is it a function of a regular expression, and no condition or replacement: see `regexps`."""
    called = node.name.upper() if isinstance(node, exp.Anonymous) else ""
    return isinstance(node, _CALLS) or called.startswith("REGEXP_")


def has_pattern(node: exp.Substring) -> bool:
    """Is its start or its length a text, as far as that is known without a schema?"""
    return any(_is_text(node.args[key]) for key in ("start", "length") if node.args.get(key))


def _is_text(value: exp.Expr) -> bool:
    texts = exp.DataType.TEXT_TYPES
    if bool(annotate_types(value.copy()).is_type(*texts)):
        return True
    query = value.unnest()
    if not isinstance(query, exp.Query):
        return False
    return any(_is_text(item) or bool(item.find(exp.Column)) for item in query.selects)
