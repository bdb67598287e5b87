"""Operators on the bits of numbers, and `^` where it is the power → ours."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.expression import Function, Op
from queryexpr.lift.reader import Reader, Reading

OPERATORS: dict[type[exp.Expr], Any] = {
    exp.BitwiseAnd: "&", exp.BitwiseOr: "|", exp.BitwiseXor: "^", exp.BitwiseNot: "~",
    exp.BitwiseLeftShift: "<<", exp.BitwiseRightShift: ">>",
}  # fmt: skip
_LOOSE = (exp.Binary, exp.Neg, exp.BitwiseNot, exp.Predicate, exp.Not)


def _read_bits(reader: Reader, node: exp.Expr) -> Op:
    name = OPERATORS[type(node)]
    if name not in reader.dialect.bits:
        raise reader.wrong("not_supported", f"{reader.dialect.title} has no {name} of bits.", node)
    operands = [node.this, node.expression][: 1 if name == "~" else 2]
    chained = name in ("&", "|") and type(operands[0]) is type(node)
    for operand in operands[1:] if chained else operands:
        _check(reader, node, operand)
    return Op(op=name, args=reader.values(operands))


def _check(reader: Reader, node: exp.Expr, operand: exp.Expr) -> None:
    """Refuse operators side by side, of which each dialect binds another more tightly."""
    if isinstance(operand, _LOOSE) and not _is_negative(operand):
        message = "Put what is beside operators of bits, or ^, in parentheses."
        raise reader.wrong("syntax", message, node)


def _is_negative(operand: exp.Expr) -> bool:
    return isinstance(operand, exp.Neg) and isinstance(operand.this, exp.Literal)


def _read_power(reader: Reader, node: exp.Pow) -> Function:
    """Read `a ^ b`, and `a ** b`."""
    if isinstance(node.parent, exp.Neg):
        _check(reader, node, node.parent)
    for operand in (node.this, node.expression):
        if isinstance(operand, _LOOSE):
            _check(reader, node, node)
    return Function(fn="power", args=reader.values([node.this, node.expression]))


BITS: dict[type[exp.Expr], Reading] = {
    **dict.fromkeys(OPERATORS, _read_bits), exp.Pow: _read_power,
}  # fmt: skip
