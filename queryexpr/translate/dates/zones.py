"""Time zones that are offsets, whose sign Postgres reads the other way round."""

from __future__ import annotations

import re

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect

# An offset behind letters, UTC+2, is west of Greenwich in Postgres only.
_SHIFTED = re.compile(r"\s*[A-Za-z]*\s*[+-]\d[\d:]*\s*")
_OFFSET = re.compile(r"\s*([+-])(\d\d?):?(\d\d)?\s*")
_SHORT = re.compile(r".*:\d\d(\.\d+)?\s*[+-]\d\s*")  # some need two digits
_HOURS = {"+": 14, "-": 12}  # of the zones that have names


def in_named_zone(node: exp.Expr, target: Dialect) -> exp.Expr:
    """Return a zone such as '+04:00' by its name, Etc/GMT-4. Raises Refused if it has none."""
    if isinstance(node, exp.ConvertTimezone):
        for key in ("source_tz", "target_tz"):
            zone = node.args.get(key)
            if zone is not None and zone.is_string and _OFFSET.fullmatch(zone.name):
                node.set(key, exp.Literal.string(_name(zone.name, target)))
    elif isinstance(node, exp.Cast) and node.this.is_string and _SHORT.fullmatch(node.this.name):
        text = node.this.name.rstrip()
        node.set("this", exp.Literal.string(f"{text[:-1]}0{text[-1]}"))
    elif isinstance(node, exp.AtTimeZone) and _SHIFTED.fullmatch(node.args["zone"].name):
        raise lacks(target, "zone that is an offset: name it, such as Europe/Berlin")
    return node


def _name(offset: str, target: Dialect) -> str:
    match = _OFFSET.fullmatch(offset)
    sign, hours, minutes = match.groups() if match else ("+", "99", "")
    number = int(hours)
    if int(minutes or 0) or number > _HOURS[sign]:
        raise lacks(target, f"zone {offset!r}: name it, such as Asia/Kolkata")
    return f"Etc/GMT{'-' if sign == '+' else '+'}{number}" if number else "UTC"
