"""Paths of JSON → ours: arrows, and the functions that take a path."""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

from queryexpr.dialects.grammar import grammar
from queryexpr.expression import Native, Part
from queryexpr.lift.parts import read_path, steps
from queryexpr.lift.reader import Reader, Reading

_ARROW = re.compile(r"->>?\s*(?:'([^']*)'|\d+)?")
_KEY = re.compile(r"\w+", re.ASCII)
_PATH = re.compile(r"\$(\.[A-Za-z_]\w*|\[\d+\])+", re.ASCII)
_TIGHT = (exp.DPipe, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg)


def read_arrow(reader: Reader, node: exp.JSONExtract | exp.JSONExtractScalar) -> Part:
    """Read `j -> 'a'` and `j ->> '$.a[0]'`."""
    if node.args.get("variant_extract"):
        return read_path(reader, node)
    reader.only(node, "this", "expression", "only_json_types", "scalar_only")
    if not reader.dialect.json:
        raise reader.refuse(node)
    _check(reader, node)
    is_last = isinstance(node, exp.JSONExtractScalar)
    return _part(reader, node, steps(reader, node, node.expression), is_last)


def _part(reader: Reader, node: exp.Expr, path: tuple[Any, ...], is_last: bool) -> Part:
    value = reader.value(node.this)
    if isinstance(value, Part) and value.form == "json":
        value, path = value.part, (*value.path, *path)
    form = reader.dialect.json_value if is_last else "json"
    return Part(part=value, path=path, safe=True, form=form)


def _check(reader: Reader, node: exp.Expr) -> None:
    """Refuse keys that sqlglot takes for paths, and arrows that bind less than it takes them to."""
    for arrow in _ARROW.finditer(reader.sql):
        key = arrow[1]
        if key is not None and not _KEY.fullmatch(key) and not _is_path(reader, key):
            message = f"The key {key[:40]!r} has other letters than a name."
            raise reader.wrong("not_supported", message, node)
    parent = node.parent
    is_cast = isinstance(parent, exp.Cast) and not parent.meta.get("call")
    loose = reader.dialect.json == "calls" and isinstance(parent, _TIGHT)
    if loose or is_cast:
        message = "Put -> and ->> in parentheses before other operators."
        raise reader.wrong("syntax", message, node)


def _is_path(reader: Reader, text: str) -> bool:
    return reader.dialect.json != "keys" and _PATH.fullmatch(text) is not None


def read_hash(reader: Reader, node: exp.JSONBExtract | exp.JSONBExtractScalar) -> Part:
    """Read `j #>> '{a,b}'`. A number there may be an element or a key."""
    reader.only(node, "this", "expression")
    names = node.expression.name.removeprefix("{").removesuffix("}").split(",")
    if not isinstance(node.expression, exp.Literal) or not all(map(_is_name, names)):
        raise reader.refuse(node)
    _check(reader, node)
    return _part(reader, node, tuple(names), isinstance(node, exp.JSONBExtractScalar))


def _is_name(name: str) -> bool:
    return _KEY.fullmatch(name) is not None and not name.isdigit()


def read_json_call(reader: Reader, node: exp.Anonymous) -> Part | Native:
    """Read JSON_VALUE(j, '$.a') and its like; with another path, it stays a function."""
    name, operands = node.name.upper(), node.expressions
    path = operands[1] if len(operands) == 2 else None
    if not isinstance(path, exp.Literal) or not _PATH.fullmatch(path.name):
        return Native(native=name, args=reader.values(operands))
    names = steps(reader, node, grammar(reader.dialect).to_json_path(path))
    form = reader.dialect.json_calls[name]
    return Part(part=reader.value(operands[0]), path=names, safe=True, form=form)


JSON: dict[type[exp.Expr], Reading] = {
    exp.JSONExtract: read_arrow, exp.JSONExtractScalar: read_arrow,
    exp.JSONBExtract: read_hash, exp.JSONBExtractScalar: read_hash,
}  # fmt: skip
