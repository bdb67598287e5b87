"""
A query as its clauses, each as a line of SQL that people can edit, and back.

The clauses are those of the outermost block. A set operation has none.
"""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.build.emit import emit
from queryexpr.clauses.errors import by_clause
from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import QueryExpression, Select
from queryexpr.issues import Issue, Refused
from queryexpr.lift.lift import lift
from queryexpr.schema.catalogue import Catalogue
from queryexpr.translate.compile import builder_of, in_dialect

# Name of a clause in the query expression → the words before it in SQL.
KEYWORDS = {
    "with": "WITH", "select": "SELECT", "from": "FROM", "where": "WHERE", "group_by": "GROUP BY",
    "having": "HAVING", "qualify": "QUALIFY", "order_by": "ORDER BY",
}  # fmt: skip
NUMBERS = ("limit", "offset")
MAX_DIGITS = 9


def clauses(
    expression: QueryExpression, dialect: Dialect, catalogue: Catalogue | None
) -> dict[str, str]:
    """Return the clauses of a checked query as SQL of `dialect`, with those that are empty.

    For a set operation there are none.
    """
    final = in_dialect(expression, dialect)
    query = final.query
    if not isinstance(query, Select):
        return {}
    tree = builder_of(final, dialect, catalogue).query(query)
    texts = {name: _clause(tree, name, dialect) for name in KEYWORDS}
    if distinct := tree.args.get("distinct"):
        texts["select"] = f"{emit(distinct, dialect).strip()} {texts['select']}"
    numbers = {name: getattr(query, name) for name in NUMBERS}
    return texts | {name: "" if n is None else str(n) for name, n in numbers.items()}


def _clause(tree: exp.Expr, name: str, dialect: Dialect) -> str:
    parts = [tree.args.get(key) for key in _ARGS.get(name, (name,))]
    nodes = [n for part in parts for n in (part if isinstance(part, list) else [part]) if n]
    written = [" ".join(emit(node, dialect).split("\n")) for node in nodes]
    if name == "select":
        return ", ".join(part.strip() for part in written)
    apart = [part if part.startswith(",") else f" {part.strip()}" for part in written]
    return "".join(apart).strip().removeprefix(KEYWORDS[name]).strip()


_ARGS = {
    "with": ("with_",), "select": ("expressions",), "from": ("from_", "joins"),
    "group_by": ("group",), "order_by": ("order",),
}  # fmt: skip


def compose(parts: dict[str, Any], dialect: Dialect) -> QueryExpression:
    """Return the query that edited clauses make. Raises Refused, which points to clauses."""
    texts = {name: str(parts.get(name, "")).strip() for name in (*KEYWORDS, *NUMBERS)}
    clauses = {name: texts[name] for name in KEYWORDS if texts[name]}
    try:
        sql = "\n".join(f"{KEYWORDS[name]} {text}" for name, text in clauses.items())
        lifted = lift(sql, dialect).expression
    except Refused as refused:
        raise by_clause(refused, clauses, dialect) from None
    numbers = {name: _number(name, texts[name]) for name in NUMBERS}
    if any(numbers.values()) or any(texts[name] for name in NUMBERS):
        return lifted.model_copy(update={"query": lifted.query.model_copy(update=numbers)})
    return lifted


def _number(name: str, text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > MAX_DIGITS:
        message = "Write a whole number here, or nothing."
        raise Refused(Issue(name, message, pointer=f"/query/{name}"))
    return int(text)
