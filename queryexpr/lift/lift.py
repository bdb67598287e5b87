"""
SQL → query expression.

What cannot be read is refused by name, and never dropped: `values` and `queries` have a function
for each class of sqlglot's nodes, and the function names each part that it reads. A part that is
set and not named is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import sqlglot
from pydantic import ValidationError
from sqlglot import exp
from sqlglot.errors import ErrorLevel, ParseError

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.grammar import plain_grammar
from queryexpr.expression import MAX_DEPTH, QueryExpression
from queryexpr.issues import Issue, Refused
from queryexpr.lift.queries import QUERIES
from queryexpr.lift.reader import TOO_DEEP, Reader
from queryexpr.lift.values import VALUES
from queryexpr.walk import path

MAX_BYTES = 20 * 1024  # bytes of SQL
MAX_WORDS = 5  # of statements that are named
MAX_TERMS = 500  # AND and OR: they take quadratic time

_TERMS = re.compile(r"\b(?:and|or)\b|\|\||&&", re.IGNORECASE)
_NESTING = re.compile(r"[()]|\bcase\b|\bend\b", re.IGNORECASE)
_QUERIES = (exp.Select, exp.SetOperation, exp.Subquery)


@dataclass(frozen=True, slots=True)
class Lifted:
    """A query, and where its nodes are in the SQL.

    `places` has the offset of a node's first character, by the node's `id`. `quoted` has the IDs of
    columns in double quotes, which SQLite reads as texts if no column has that name.
    """

    expression: QueryExpression
    sql: str
    places: dict[int, int] = field(repr=False)
    quoted: set[int] = field(repr=False)


def lift(sql: str, dialect: Dialect, max_bytes: int = MAX_BYTES) -> Lifted:
    """Return the query in `sql`, which is of `dialect`. Raises Refused, as for over `max_bytes`."""
    tree = parse(sql, dialect, max_bytes)
    reader = Reader(dialect, VALUES, QUERIES, sql)
    try:
        query = reader.query(tree)
    except Refused as refused:
        raise Refused(*(placed(issue, sql) for issue in refused.issues)) from None
    except RecursionError:
        raise Refused(TOO_DEEP) from None
    except ValidationError as error:
        message = f"The query cannot be written as a query expression: {error.errors()[0]['msg']}."
        raise Refused(Issue("not_supported", message)) from None
    whole = QueryExpression(dialect=dialect.name, query=query)
    return Lifted(whole, sql, reader.places, reader.quoted)


def parse(sql: str, dialect: Dialect, max_bytes: int = MAX_BYTES) -> exp.Expr:
    """Return sqlglot's tree of the one query in `sql`. Raises Refused."""
    _check_size(sql, max_bytes)
    statements = [s for s in _parse(sql, dialect) if s is not None and type(s) is not exp.Semicolon]
    if len(statements) != 1:
        raise Refused(Issue("statements", _several(statements)))
    if not isinstance(statements[0], _QUERIES):
        word = (sql.split() or [""])[0][:20].upper()
        message = f"Only a query is allowed here, not {word}."
        raise Refused(Issue("not_a_query", message, line=1, column=1))
    return statements[0]


def _several(statements: list[exp.Expr]) -> str:
    """Return why these statements are refused, and what to do."""
    if not statements:
        return "There is no query. Write a SELECT."
    others = [statement for statement in statements if not isinstance(statement, _QUERIES)]
    words = dict.fromkeys(map(_word, others))
    remedy = "Join them with UNION ALL or WITH, or ask for each on its own."
    if words:
        listed = ", ".join(list(words)[:MAX_WORDS])
        remedy = f"Leave out {listed}. Write the value of a variable into the query itself."
    return f"Write one query, not {len(statements)} statements. {remedy}"


def _word(statement: exp.Expr) -> str:
    """Return the first word of a statement, such as SET."""
    return (statement.sql().split() or [type(statement).__name__])[0][:20].upper()


def _check_size(sql: str, max_bytes: int) -> None:
    """Refuse SQL that would take long, before anything is parsed."""
    size = len(sql.encode(errors="replace"))
    if size > max_bytes:
        raise Refused(Issue("too_long", f"The SQL has {size:,} bytes; {max_bytes:,} are allowed."))
    if "\0" in sql:
        raise Refused(Issue("syntax", "The SQL holds a NUL character."))
    if len(_TERMS.findall(sql)) > MAX_TERMS:
        raise Refused(Issue("too_many_terms", f"The SQL has over {MAX_TERMS} ANDs and ORs."))
    depth = 0
    for mark in _NESTING.findall(sql):
        depth += 1 if mark.lower() in ("(", "case") else -1
        if depth > MAX_DEPTH:
            raise Refused(TOO_DEEP)


def _parse(sql: str, dialect: Dialect) -> list[exp.Expr | None]:
    try:
        return sqlglot.parse(sql, read=plain_grammar(dialect), error_level=ErrorLevel.IMMEDIATE)
    except ParseError as error:
        raise Refused(_syntax(error, dialect)) from None
    except RecursionError:
        raise Refused(TOO_DEEP) from None
    except Exception as error:  # sqlglot raises ValueError, AttributeError and others as well
        message = str(error).partition("\n")[0][:200]
        raise Refused(Issue("syntax", f"This is not SQL of {dialect.title}: {message}")) from None


def _syntax(error: ParseError, dialect: Dialect) -> Issue:
    mistake = error.errors[0] if error.errors else {}
    near = str(mistake.get("highlight") or "").strip()[:40]
    message = f"This is not SQL of {dialect.title}: {mistake.get('description', error)}".rstrip(".")
    at = f" at {near!r}" if near else ""
    column = max(1, (mistake.get("col") or 1) - max(len(near) - 1, 0))
    return Issue("syntax", f"{message}{at}.", line=mistake.get("line") or 1, column=column)


def placed(issue: Issue, sql: str) -> Issue:
    """Return `issue` with a line and a column for the offset that a Reader left in `line`."""
    before = sql[: issue.line or 0]
    return replace(issue, line=before.count("\n") + 1, column=len(before) - before.rfind("\n"))


def located(issues: Iterable[Issue], lifted: Lifted) -> tuple[Issue, ...]:
    """Return issues with the line and column that their pointers mean in the SQL."""
    return tuple(
        placed(replace(issue, line=_offset(issue.pointer, lifted)), lifted.sql) for issue in issues
    )


def _offset(pointer: str, lifted: Lifted) -> int:
    """Return the offset of the innermost node on the way to `pointer` that has one."""
    offset = 0
    for node in path(lifted.expression, pointer):
        offset = lifted.places.get(id(node), offset)
    return offset
