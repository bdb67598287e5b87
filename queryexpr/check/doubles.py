"""Values that are doubles: those of columns and casts, and what is computed of them."""

from __future__ import annotations

from typing import Any

from queryexpr.check.parts import type_of
from queryexpr.check.scope import Scope
from queryexpr.expression import Aggregate, Case, Cast, Column, Function, Native, Op, Window

_DOUBLES = ("double", "float", "real")
_KEEP = {"abs", "coalesce", "nullif", "sum", "avg", "min", "max", "ceil", "floor", "stddev",
         "variance", "stddev_pop", "stddev_samp", "var_pop", "var_samp"}  # fmt: skip
# Functions whose result is one, whatever they are called with.
_ALWAYS = {"DATE_PART", "PI", "RANDOM", "CBRT", "CORR", "COVAR_POP", "COVAR_SAMP", "REGR_SLOPE",
           "REGR_INTERCEPT", "REGR_R2"}  # fmt: skip


def is_double(value: Any, scope: Scope) -> bool:
    """Is it known to be a number with a binary fraction?"""
    match value:
        case Column():
            return type_of(value, scope).lower().startswith(_DOUBLES)
        case Cast():
            return str(value.type).lower().startswith(_DOUBLES)
        case Window():
            return is_double(value.window, scope)
        case Native() if value.native.upper() in _ALWAYS:
            return True
        case Aggregate() if value.agg.upper() in _ALWAYS:
            return True
        case Native() if value.native.upper() in ("GREATEST", "LEAST"):
            parts: tuple[Any, ...] = value.args
        case Case():
            parts = (*(branch.then for branch in value.case), value.otherwise)
        case Op() if value.op in ("+", "-", "*", "/", "native /", "neg"):
            parts = value.args
        case Function() | Aggregate() if (
            value.fn if isinstance(value, Function) else value.agg
        ) in _KEEP:
            parts = value.args
        case _:
            return False
    return any(is_double(part, scope) for part in parts)
