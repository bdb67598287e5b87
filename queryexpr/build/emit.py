"""sqlglot's tree → SQL."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.grammar import plain_grammar
from queryexpr.issues import Issue, Refused

# sqlglot's pretty printer writes this for a line break in a text, and restores the break at the
# end. A name that contains it would leave its quotes.
LINE_BREAK = "__SQLGLOT__"


def emit(tree: exp.Expr, dialect: Dialect, *, pretty: bool = False) -> str:
    """Return the SQL of sqlglot's tree, without comments. Raises Refused."""
    try:
        sql = _written(tree, dialect, pretty=False)
        if pretty and LINE_BREAK in sql:
            raise Refused(Issue("name", "A name or a text in the query cannot be written."))
        return _written(tree, dialect, pretty=True) if pretty else sql
    except (SqlglotError, ValueError) as error:
        message = f"{dialect.title} cannot say this: {str(error).partition(chr(10))[0][:200]}"
        raise Refused(Issue("dialect", message)) from None


def _written(tree: exp.Expr, dialect: Dialect, *, pretty: bool) -> str:
    return tree.sql(
        dialect=plain_grammar(dialect), comments=False, pretty=pretty,
        unsupported_level=ErrorLevel.RAISE,
    )  # fmt: skip
