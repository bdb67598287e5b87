"""Queries that ask for today get a day, so that a world is the same whenever it is looked at."""

from __future__ import annotations

import datetime
from typing import Any

from queryexpr.expression import Cast, Function, Native, QueryExpression
from queryexpr.issues import Issue, Refused
from queryexpr.walk import rebuild, walk

# Functions that ask for the time if they have no operand
_CLOCKS = frozenset(
    "DATE TIME DATETIME JULIANDAY UNIXEPOCH STRFTIME NOW TODAY CURRENT_DATE CURRENT_TIME"
    " CURRENT_TIMESTAMP CURRENT_DATETIME LOCALTIME LOCALTIMESTAMP GET_CURRENT_TIME"
    " GET_CURRENT_TIMESTAMP TRANSACTION_TIMESTAMP".split()
)


def fixed(expression: QueryExpression, today: datetime.date) -> QueryExpression:
    """Return the query with noon of `today` as its time.

    Raises Refused for one that asks for the time in a way not known here.
    """
    query = rebuild(expression.query, lambda node: _fixed(node, today))
    for node, _ in walk(query, subqueries=True):
        if isinstance(node, Native) and _asks_for_time(node):
            message = f"{node.native} returns another value each time it is called."
            raise Refused(Issue("worlds", message))
    return expression.model_copy(update={"query": query})


def _asks_for_time(node: Native) -> bool:
    name, operands = node.native.upper(), len(node.args)
    return (name in _CLOCKS and not operands) or (name == "AGE" and operands == 1)


def _fixed(node: Any, today: datetime.date) -> Any:
    noon = f"{today} 12:00:00"
    if isinstance(node, Function) and node.fn == "current_date":
        return Cast(cast=str(today), type="date")
    if isinstance(node, Function) and node.fn == "current_timestamp":
        return Cast(cast=noon, type="timestamp")
    if isinstance(node, Native | Function) and "now" in node.args:
        args = tuple(noon if arg == "now" else arg for arg in node.args)
        return node.model_copy(update={"args": args})
    return node
