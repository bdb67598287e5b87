"""`DATE '…'::TEXT`, which sqlglot reads as a date that is made of `'…'::TEXT`."""

from __future__ import annotations

from typing import Any

from sqlglot import exp


def typing(parser: Any) -> Any:
    """Return what parses a value, and gives a text behind a type this type first."""

    def parse(self: Any, *args: Any, **more: Any) -> Any:
        is_type = self._curr and self._curr.token_type in self.TYPE_TOKENS
        value = parser._parse_type(self, *args, **more)
        return _turned(value) if is_type and _is_short(value) else value

    return parse


def _turned(outer: exp.Cast) -> exp.Cast:
    """Return the casts in the order of their words."""
    casts: exp.Cast = outer.this
    literal = casts
    while _is_short(literal):
        literal = literal.this
    if literal is casts or not isinstance(literal, exp.Literal):
        return outer
    literal.replace(exp.Cast(this=literal.copy(), to=outer.args["to"]))
    casts.pop()
    return casts


def _is_short(value: Any) -> bool:
    """Is it a cast that is not written CAST(…)?"""
    return isinstance(value, exp.Cast) and not value.meta.get("call")
