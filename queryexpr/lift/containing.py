"""Arrays and JSON that contain others, and JSON that has keys → ours."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.expression import Op
from queryexpr.lift.reader import Reader, Reading

OPERATORS: dict[type[exp.Expr], Any] = {
    exp.ArrayContainsAll: "@>", exp.ArrayContainedBy: "<@", exp.JSONBContainsTopKey: "?",
    exp.JSONBContainsAnyTopKeys: "?|", exp.JSONBContainsAllTopKeys: "?&",
}  # fmt: skip


def _read(reader: Reader, node: exp.Expr) -> Op:
    name = OPERATORS[type(node)]
    if name not in reader.dialect.contains:
        message = f"{reader.dialect.title} has no {name}: compare a part of the value."
        raise reader.wrong("not_supported", message, node)
    return Op(op=name, args=reader.values([node.this, node.expression]))


CONTAINING: dict[type[exp.Expr], Reading] = dict.fromkeys(OPERATORS, _read)
