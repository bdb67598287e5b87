"""Parts of values → ours: fields of records, elements of arrays, paths of Snowflake's variants."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.dialects.grammar import grammar
from queryexpr.expression import Array, Column, Op, Part, Subquery
from queryexpr.lift.reader import Reader, Reading


def part_of(value: Any, path: tuple[Any, ...], *, safe: bool) -> Part:
    """Return a part of a value; a part of a part has both paths."""
    plain = isinstance(value, Part) and value.form == "value"
    if plain and (value.safe == safe or not any(map(_counts, path))):
        safe, path, value = value.safe, (*value.path, *path), value.part
    return Part(part=value, path=path, safe=safe)


def _counts(step: Any) -> bool:
    return not isinstance(step, str)


def read_dots(reader: Reader, node: exp.Column) -> Any:
    """Read `a.b.c` of a dialect whose records have fields: the check finds what `a` is."""
    names = [part.name for part in node.parts]
    column = Column(column=names[1], table=names[0])
    return part_of(column, tuple(names[2:]), safe=_is_safe(reader))


def _is_safe(reader: Reader) -> bool:
    """Is an element that is not there null, without a word for that?"""
    return reader.dialect.element == "number"


def read_dot(reader: Reader, node: exp.Dot) -> Part:
    if not reader.dialect.fields or not isinstance(node.expression, exp.Identifier):
        raise reader.refuse(node)
    return part_of(reader.value(node.this), (node.expression.name,), safe=_is_safe(reader))


def read_bracket(reader: Reader, node: exp.Bracket) -> Part:
    reader.only(node, "this", "expressions", "offset", "safe")
    if len(node.expressions) != 1 or not reader.dialect.arrays:
        raise reader.refuse(node)
    (index,) = node.expressions
    value = reader.value(node.this)
    if isinstance(index, exp.Literal) and index.is_string:
        if reader.dialect.fields != "brackets":
            raise reader.refuse(node)
        return part_of(value, (index.name,), safe=True)
    if reader.dialect.element == "word":
        return _counted(reader, node, value, index)
    return part_of(value, (_number(reader, node, index),), safe=True)


def _counted(reader: Reader, node: exp.Bracket, value: Any, index: exp.Expr) -> Part:
    """Read a[OFFSET(0)] and its like."""
    first = node.args.get("offset")
    if first is None:  # an element of an array, or of JSON
        message = "Write OFFSET, ORDINAL or one with SAFE_ in brackets."
        raise reader.wrong("not_supported", message, node)
    number = reader.value(index)
    return part_of(value, (from_zero(number) if first else number,), safe=bool(node.args["safe"]))


def from_zero(number: Any) -> Any:
    """Return a number of an element that is counted from 1 as one that is counted from 0."""
    if isinstance(number, int):
        return number - 1
    return Op(op="-", args=(number, 1))


def _number(reader: Reader, node: exp.Bracket, index: exp.Expr) -> Any:
    """Read the number of an element, from which sqlglot has taken 1 if it is known."""
    number = reader.value(index)
    if isinstance(number, int) and number < 0:
        return _from_end(reader, node, number + reader.dialect.first_element)
    if isinstance(number, int) or reader.dialect.first_element == 0:
        return number
    if not isinstance(index, exp.Column):
        raise reader.refuse(node)
    return from_zero(number)


def _from_end(reader: Reader, node: exp.Bracket, number: int) -> int:
    """Return the number of an element that is counted from the end: -1 is the last."""
    if number == 0 or not reader.dialect.ends:
        message = f"{reader.dialect.title} has no element {number}."
        raise reader.wrong("operands", message, node)
    return number


def read_path(reader: Reader, node: exp.JSONExtract | exp.JSONExtractScalar) -> Part:
    """Read `v:a.b[0]`."""
    reader.only(node, "this", "expression", "variant_extract", "requires_json")
    return part_of(reader.value(node.this), steps(reader, node, node.expression), safe=True)


def read_get(reader: Reader, node: exp.Anonymous) -> Part:
    """Read GET(v, 'a') and GET_PATH(v, 'a.b[0]')."""
    if len(node.expressions) != 2:
        raise reader.refuse(node)
    value, step = node.expressions
    if node.name.upper() == "GET":
        return part_of(reader.value(value), (reader.value(step),), safe=True)
    tree = grammar(reader.dialect).to_json_path(step)
    return part_of(reader.value(value), steps(reader, node, tree), safe=True)


def steps(reader: Reader, node: exp.Expr, path: Any) -> tuple[Any, ...]:
    """Return the names and numbers of a path."""
    parts = path.expressions if isinstance(path, exp.JSONPath) else [None]
    read = []
    for part in parts:
        if isinstance(part, exp.JSONPathRoot):
            continue
        step = part.this if isinstance(part, exp.JSONPathKey | exp.JSONPathSubscript) else None
        if not isinstance(step, str | int):
            raise reader.refuse(node)
        read.append(step)
    if not read:
        raise reader.refuse(node)
    return tuple(read)


def read_array_query(reader: Reader, node: exp.Expr) -> Op:
    """Read ARRAY(SELECT …)."""
    queries = [query.unnest() for query in node.expressions]
    if len(queries) != 1 or not isinstance(queries[0], exp.Query):
        raise reader.refuse(node)
    return Op(op="array", args=(Subquery(query=reader.query(queries[0])),))


def read_array(reader: Reader, node: exp.Array) -> Array | Op:
    reader.only(node, "expressions", "value_constructor", "struct_name_inheritance")
    if reader.dialect.array_queries and any(isinstance(e, exp.Query) for e in node.expressions):
        return read_array_query(reader, node)
    if not reader.dialect.arrays or any(isinstance(e, exp.Query) for e in node.expressions):
        raise reader.refuse(node)
    return Array(array=reader.values(node.expressions))


PARTS: dict[type[exp.Expr], Reading] = {
    exp.Dot: read_dot, exp.Bracket: read_bracket, exp.Array: read_array,
}  # fmt: skip
