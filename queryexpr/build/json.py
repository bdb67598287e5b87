"""Paths of JSON → sqlglot's trees: a chain of arrows, an arrow with a path, or a call with one."""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

from queryexpr.build.builder import Builder
from queryexpr.expression import Column, Part

_KEY = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def write_json(builder: Builder, node: Part) -> exp.Expr:
    dialect, whole = builder.dialect, builder.value(node.part)
    if not dialect.json or node.form not in ("json", dialect.json_value):
        raise builder.lacks(f"paths of JSON that give {_FORMS[node.form]}")
    if not all(map(_is_step, node.path)):
        raise builder.lacks("paths of JSON but with plain names and numbers from 0")
    if dialect.json == "calls":
        return _call(builder, node, whole)
    if not isinstance(node.part, Column) and not isinstance(whole, exp.Anonymous):
        whole = exp.Paren(this=whole)
    groups = [(step,) for step in node.path] if dialect.json == "keys" else [node.path]
    for number, steps in enumerate(groups, 1):
        is_last = number == len(groups) and node.form != "json"
        kind = exp.JSONExtractScalar if is_last else exp.JSONExtract
        keys = dialect.json == "keys"
        whole = kind(this=whole, expression=_path(steps), only_json_types=keys)
    return exp.Paren(this=whole)  # what it binds to differs


_FORMS = {"json": "JSON", "text": "texts", "scalar": "values of their own types"}


def _is_step(step: Any) -> bool:
    if isinstance(step, str):
        return _KEY.fullmatch(step) is not None
    return type(step) is int and step >= 0


def _path(steps: tuple[Any, ...]) -> exp.JSONPath:
    parts = [
        exp.JSONPathKey(this=step) if isinstance(step, str) else exp.JSONPathSubscript(this=step)
        for step in steps
    ]
    return exp.JSONPath(expressions=[exp.JSONPathRoot(), *parts])


def _call(builder: Builder, node: Part, whole: exp.Expr) -> exp.Expr:
    names = (name for name, form in builder.dialect.json_calls.items() if form == node.form)
    text = "".join(f".{step}" if isinstance(step, str) else f"[{step}]" for step in node.path)
    return exp.Anonymous(this=next(names), expressions=[whole, exp.Literal.string(f"${text}")])
