"""Regular expressions: whether they mind case, match a whole text, or are replaced everywhere."""

from __future__ import annotations

import re

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect

_OTHERS = (
    exp.RegexpCount,
    exp.RegexpExtract,
    exp.RegexpExtractAll,
    exp.RegexpInstr,
    exp.RegexpSplit,
    exp.RegexpSubstr,
)
CALLS = (exp.RegexpLike, exp.RegexpILike, exp.RegexpReplace, *_OTHERS)
# A pattern that has no letters: \d and its like are none, nor is a range of other signs.
_CASELESS = re.compile(r"(\\[dDsSwW]|\\[^A-Za-z0-9]|\d-\d|[^A-Za-z\\-]|(?<=\[)-|-(?=\]))*")


def same_regexp(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a call with a regular expression as it means the same. Raises Refused."""
    if isinstance(node, exp.RegexpReplace):
        return _replaced(node, source, target)
    if isinstance(node, exp.RegexpLike | exp.RegexpILike):
        return _matches(node, source, target)
    if _is_loose(source) != _is_loose(target):  # and MariaDB finds an empty text, and no null
        name = node.sql_name() if isinstance(node, exp.Func) else "REGEXP"
        raise lacks(target, f"{name} as that of {source.title}")
    return node


def _is_loose(dialect: Dialect) -> bool:
    return dialect.regexp == "loose"


def _matches(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    if not target.regexp:
        raise lacks(target, "regular expressions")
    if "whole" in (source.regexp, target.regexp) and source.regexp != target.regexp:
        raise lacks(target, f"regular expressions as those of {source.title}")
    flag = node.args.get("flag")
    if flag and flag.name not in ("", "c", "i"):
        raise lacks(target, f"flags of regular expressions as {source.title} has them")
    minds_case = isinstance(node, exp.RegexpLike) and not _is_loose(source)
    if flag and flag.name:
        minds_case = flag.name == "c"
    if minds_case and _is_loose(target):
        raise lacks(target, "regular expressions that mind case")
    plain = minds_case or _is_loose(target)
    kind = exp.RegexpLike if plain else exp.RegexpILike
    return kind(this=node.this, expression=node.expression)


def _replaced(node: exp.RegexpReplace, source: Dialect, target: Dialect) -> exp.Expr:
    """Return REGEXP_REPLACE, which replaces the first match, or all of them."""
    if not source.replaces_all and not target.replaces_all:
        return _with_replacement(node, source, target)
    pattern, flags = node.expression, node.text("modifiers")
    loose = _is_loose(source) != _is_loose(target)
    if loose and not (pattern.is_string and _CASELESS.fullmatch(pattern.name)):
        raise lacks(target, f"REGEXP_REPLACE that minds case as that of {source.title}")
    text = node.args.get("replacement")
    refers = text is not None and not (text.is_string and not {*r"\$"} & {*text.name})
    more = any(node.args.get(key) for key in ("position", "occurrence")) or flags.strip("g")
    first = not source.replaces_all and "g" not in flags
    if more or refers or first or (node.args.get("modifiers") and not flags):
        raise lacks(target, f"REGEXP_REPLACE as that of {source.title}")
    flag = [] if target.replaces_all else [exp.Literal.string("g")]
    operands = [node.this, pattern, text or exp.Literal.string(""), *flag]
    return exp.Anonymous(this="REGEXP_REPLACE", expressions=operands)


def _with_replacement(node: exp.RegexpReplace, source: Dialect, target: Dialect) -> exp.Expr:
    """Return the call with a replacement that has the whole match, and backslashes, as before."""
    text = node.args.get("replacement")
    ours, theirs = source.whole_match, target.whole_match
    if ours == theirs or text is None:
        return node
    if not text.is_string or not (ours and theirs):
        raise lacks(target, f"replacement as that of {source.title}")

    def written(escape: re.Match[str]) -> str:
        if escape[0] == ours:
            return theirs
        is_same = escape[1] == "\\" or escape[1] in "123456789"
        return escape[0] if is_same else f"\\{escape[0]}"

    plain = re.sub(r"\\(.)", written, text.name, flags=re.DOTALL)
    text.replace(exp.Literal.string(plain))
    return node
