"""
The last defence: does the SQL that was written say what was checked?

It is read again, as a stranger's would be. What is written for a query expression may read as
another one that means the same, since dialects have words of their own: `extract` is STRFTIME in
SQLite. Then it has to be settled: written once more it is the same but for parentheses that change
nothing. It names the same tables, and has lost no column, clause, text or number; where it came
from the same dialect, it has none more either.
"""

from __future__ import annotations

from sqlglot import exp

from queryexpr.dialects.all import DIALECTS
from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import QueryExpression
from queryexpr.gate.dotted import dotted
from queryexpr.gate.marks import has_marks, lost_words, same_marks
from queryexpr.issues import Issue, Refused
from queryexpr.lift.lift import lift, parse
from queryexpr.schema.catalogue import Catalogue
from queryexpr.translate.compile import compile_sql

MAX_BYTES = 64 * 1024  # pretty SQL is longer than the same SQL on one line
DIFFERS = "{0} reads {1} as something else than is meant here. Write it in {0}'s own words."


def check_written(
    sql: str,
    written: QueryExpression,
    checked: QueryExpression,
    dialect: Dialect,
    catalogue: Catalogue | None,
) -> None:
    """Raise Refused unless `sql` of `dialect` reads back as the query that it was written of.

    `written` is `checked` itself, or its translation to the dialect.
    """
    read = lift(sql, dialect, MAX_BYTES).expression
    is_equal = dotted(read.query) == dotted(written.query)
    if is_equal and written is checked:
        return
    settled = is_equal or _is_settled(sql, read, dialect, catalogue)
    if not settled or not _has_all(read, written, checked, dialect):
        raise Refused(_differs(read, checked, dialect))


def _differs(read: QueryExpression, checked: QueryExpression, dialect: Dialect) -> Issue:
    """Return the issue of a query that would become another one. It names what is lost.

    Its SQL is mostly another dialect's; a query expression should never come here.
    """
    lost = lost_words(dotted(read.query), dotted(checked.query))
    code = "dialect" if checked.dialect == dialect.name else "internal"
    named = ", ".join(lost) or "a part of the query"
    return Issue(code, DIFFERS.format(dialect.title, named))


def _has_all(
    read: QueryExpression, written: QueryExpression, checked: QueryExpression, dialect: Dialect
) -> bool:
    own = checked.dialect == dialect.name  # only names of functions may differ, such as POSITION
    if own and not same_marks(dotted(read.query), dotted(written.query)):
        return False
    literals = own or written is checked
    source = DIALECTS.get(checked.dialect or dialect.name, dialect)
    kept = {"qualify": dialect.qualify and source.qualify, "having": dialect.having_sees_columns}
    moved = {clause for clause, stays in kept.items() if not stays}
    return has_marks(dotted(read.query), dotted(checked.query), literals=literals, moved=moved)


def _is_settled(
    sql: str, read: QueryExpression, dialect: Dialect, catalogue: Catalogue | None
) -> bool:
    again = compile_sql(read, dialect, catalogue, pretty=True)
    return again == sql or _tree(again, dialect) == _tree(sql, dialect)


def _tree(sql: str, dialect: Dialect) -> exp.Expr:
    """Return sqlglot's tree without parentheses: its form has the precedence."""
    tree = parse(sql, dialect, MAX_BYTES)
    for node in list(tree.find_all(exp.Paren)):
        node.replace(node.this)
    return tree
