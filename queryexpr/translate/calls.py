"""Functions whose operands, or whose name, mean something else in another dialect."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect
from queryexpr.translate.texts.ends import same_end, same_length
from queryexpr.translate.texts.named import field_place, has_suffix, of_extreme, repeated, total
from queryexpr.translate.texts.regexps import CALLS as REGEXPS
from queryexpr.translate.texts.regexps import same_regexp

ASCII = 128  # letters below have one byte
_BYTES = {"OCTET_LENGTH", "STRLEN"}  # functions that count bytes, and have no class in sqlglot


def same_call(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a call of a function that means in `target` what it meant. Raises Refused."""
    change = _CALLS.get(type(node))
    return change(node, source, target) if change else node


def _trim(node: exp.Trim, source: Dialect, target: Dialect) -> exp.Expr:
    """Refuse to trim a set of letters where that trims a whole text, and the other way round."""
    letters = node.args.get("expression")
    both = (node.args.get("position") or "BOTH") == "BOTH"
    theirs = "set" if target.trims == "letter" and not both else target.trims
    one = letters is None or (letters.is_string and len(letters.name) == 1)
    if not one and theirs != source.trims:
        raise lacks(target, f"TRIM of several letters as {source.title} has it")
    return node


def _log(node: exp.Log, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a logarithm, whose base is 10 where there is none."""
    base, value = node.this, node.expression
    if not value:
        base, value = exp.Literal.number(10), base
    if base.is_number and float(base.name or 0) == 10:
        if target.log == "10":
            return exp.Log(this=value)
        if target.log == "natural":
            return exp.Anonymous(this="LOG10", expressions=[value])
    if target.rounds_decimals:  # there is none of doubles
        base, value = _exact(base), _exact(value)
    return exp.Log(this=base, expression=value)


def _exact(value: exp.Expr) -> exp.Expr:
    return value if isinstance(value, exp.Literal) else exp.cast(value, "decimal")


def _length(node: exp.Length, source: Dialect, target: Dialect) -> exp.Expr:
    if not node.args.get("binary"):
        return node
    if source.spellings.get("LENGTH") != "length":
        return _bytes(node.this, target)
    node.set("binary", None)  # sqlglot takes LENGTH for one of bytes where a text may be bytes
    return node


def _named(node: exp.Anonymous, source: Dialect, target: Dialect) -> exp.Expr:
    name = node.name.upper()
    if name in _BYTES and len(node.expressions) == 1:
        return _bytes(node.expressions[0], target)
    change = None if target.may_call(name) else _OWN.get(name)
    return change(node, source, target) if change else node


_OWN = {"FIELD": field_place, "SUFFIX": has_suffix, "TOTAL": total}


def _letters(node: exp.Chr, source: Dialect, target: Dialect) -> exp.Expr:
    """Refuse CHR of several numbers, or of a letter that has several bytes, where those differ."""
    if len(node.expressions) > 1 and not target.chr_joins:
        raise lacks(target, f"CHAR of several numbers as {source.title} has it")
    if source.chr_of_bytes != target.chr_of_bytes and any(map(_is_wide, node.expressions)):
        raise lacks(target, "CHR of a number above 127")
    if source is not target and any(map(_is_zero, node.expressions)):
        raise lacks(target, "letter with the number 0 as others count it: write another separator")
    return node


def _ascii(node: exp.Ascii, source: Dialect, target: Dialect) -> exp.Expr:
    """Return the first byte of a letter where that is not its number. Raises Refused."""
    value = node.this.unnest()
    plain = value.is_string and value.name[:1].isascii()
    if plain or source.ascii_of == target.ascii_of:
        return node
    if source.ascii_of == "letter":
        raise lacks(target, f"ASCII of other letters than those of English as {source.title}")
    if not target.may_call("ASCII"):
        return node
    return fill(_FIRST_BYTE, target, value=node)


# Of a letter, by its number: in UTF-8 the first of up to 4 bytes.
_FIRST_BYTE = (
    "CASE WHEN {value} < 128 THEN {value} WHEN {value} < 2048 THEN 192 + FLOOR({value} / 64.0)"
    " WHEN {value} < 65536 THEN 224 + FLOOR({value} / 4096.0)"
    " WHEN {value} IS NOT NULL THEN 240 + FLOOR({value} / 262144.0) END"
)


def _unicode(node: exp.Unicode, source: Dialect, target: Dialect) -> exp.Expr:
    """Refuse UNICODE, which is null for an empty text, where that may be one."""
    value = node.this.unnest()
    if not (value.is_string and value.name):
        raise lacks(target, f"UNICODE as that of {source.title}")
    return node


def _is_wide(number: exp.Expr) -> bool:
    return bool(number.is_int) and int(number.name) >= ASCII


def _is_zero(number: exp.Expr) -> bool:
    return bool(number.is_int) and int(number.name) == 0


def _bytes(value: exp.Expr, target: Dialect) -> exp.Expr:
    if not target.byte_length:
        raise lacks(target, "length of a text in bytes")
    return fill(target.byte_length, target, value=value)


_CALLS: dict[type[exp.Expr], Callable[..., exp.Expr]] = {
    **dict.fromkeys(REGEXPS, same_regexp),
    exp.Trim: _trim,
    exp.Left: same_end,
    exp.Right: same_end,
    exp.Substring: same_length,
    exp.Log: _log,
    exp.Chr: _letters,
    exp.Length: _length,
    **dict.fromkeys((exp.ArgMax, exp.ArgMin), of_extreme),
    exp.ByteLength: lambda node, source, target: _bytes(node.this, target),
    exp.Repeat: repeated,
    exp.Anonymous: _named,
    exp.Ascii: _ascii,
    exp.Unicode: _unicode,
}
