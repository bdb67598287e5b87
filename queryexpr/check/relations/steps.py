"""
What a recursion may do in each step, which most databases restrict alike.

The step may join itself once with tables, and no more: no aggregate, no outer join that would add
rows of nulls to it, no subquery that reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from queryexpr.check.grouping import aggregates
from queryexpr.check.relations.recursion import is_own, sources_of
from queryexpr.expression import Select, SetOperation, Subquery, With
from queryexpr.walk import selects, walk

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker


def check_steps(checker: Checker, cte: With, pointer: str) -> None:
    """Add an error for a recursion that the dialect refuses."""
    query = cte.query
    if not checker.dialect.stand_in or not any(_is_step(part, cte) for part in selects(query)):
        return  # a database of the dialect itself judges it
    message = _form(checker, query, cte) or next(
        filter(None, (_fault(part, cte) for part in selects(query))), ""
    )
    if message:
        checker.wrong("recursion", f"The recursion of {cte.name!r} {message}", f"{pointer}/query")


def _form(checker: Checker, query: Any, cte: With) -> str:
    """Return what is wrong with the whole of it; empty if nothing is."""
    if not isinstance(query, SetOperation) or not query.set.startswith("union"):
        return "needs UNION ALL between what it begins with and its step."
    first = query.left
    while isinstance(first, SetOperation):
        first = first.left
    if _is_step(first, cte):
        return "has to begin with a query that does not read it."
    if not checker.dialect.recursion_is_plain:
        return ""
    if query.order_by or query.limit is not None or query.offset is not None:
        return "takes no ORDER BY and no LIMIT: put them behind it, and a condition into its step."
    if any(_is_step(part, cte) for part in selects(query.left)):
        return "has one step only: put them into one query."
    return ""


def _fault(part: Select, cte: With) -> str:
    """Return what is wrong with a step; empty if nothing is, and for what is no step."""
    values = [*(item.expr for item in part.select), part.where, part.having]
    if any(_reads(value, cte) for value in (*values, *(join.on for join in part.joins))):
        return "may not be read by a subquery of its step: join it in FROM."
    if not _is_step(part, cte):
        return ""
    if len([source for source in sources_of(part) if is_own(source, cte)]) > 1:
        return "may be named once in its step."
    if any(aggregates(value) for value in values):
        return "takes no aggregate in its step: aggregate its result."
    return "takes no outer join on this side of it." if _outer(part, cte) else ""


def _reads(value: Any, cte: With) -> bool:
    queries = (node.query for node, _ in walk(value) if isinstance(node, Subquery))
    return any(_is_step(part, cte) for query in queries for part in selects(query))


def _is_step(part: Select, cte: With) -> bool:
    return any(is_own(source, cte) for source in sources_of(part))


def _outer(part: Select, cte: With) -> bool:
    """May an outer join add rows of nulls to the recursion's own?"""
    before = part.from_ is not None and is_own(part.from_, cte)
    for join in part.joins:
        own = is_own(join.source, cte)
        if (own and join.join in ("left", "full")) or (before and join.join in ("right", "full")):
            return True
        before = before or own
    return False
