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
from sqlglot.errors import ErrorLevel, TokenError

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.grammar import plain_grammar
from queryexpr.dialects.misread import Misread
from queryexpr.expression import MAX_DEPTH, QueryExpression
from queryexpr.issues import Issue, Refused
from queryexpr.lift.queries import QUERIES
from queryexpr.lift.quoted import read_quoted
from queryexpr.lift.reader import TOO_DEEP, Reader, placed
from queryexpr.lift.refusals import place_of_words
from queryexpr.lift.syntax import misread, untokenized
from queryexpr.lift.values import VALUES
from queryexpr.shapes import misfit
from queryexpr.walk import path

MAX_BYTES = 20 * 1024  # bytes of SQL
MAX_WORDS = 5  # of statements that are named
MAX_TERMS = 500  # AND and OR: they take quadratic time

_TERMS = re.compile(r"\b(?:and|or)\b|\|\||&&", re.IGNORECASE)
_RUN = re.compile(r"/\*M?!")
_WRITES = frozenset("ALTER CREATE DELETE DROP GRANT INSERT MERGE REVOKE TRUNCATE UPDATE".split())
_BEFORE = re.compile(r"(?:\s|--[^\n]*|/\*.*?\*/|\()*", re.DOTALL)  # a statement's first word
_NESTING = re.compile(r"[()]|\bcase\b|\bend\b", re.IGNORECASE)
_QUERIES = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)


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


class Unlisted(Refused):
    """A query calls functions that may not be called. `lifted` has them: only for more issues."""

    def __init__(self, lifted: Lifted, *issues: Issue) -> None:
        super().__init__(*issues)
        self.lifted = lifted


def lift(sql: str, dialect: Dialect, max_bytes: int = MAX_BYTES) -> Lifted:
    """Return the query in `sql`, which is of `dialect`.

    Raises Refused, as for over `max_bytes`, and Unlisted.
    """
    tree = parse(sql, dialect, max_bytes)
    quoted = read_quoted(tree, sql, dialect)
    reader = Reader(dialect, VALUES, QUERIES, sql)
    try:
        query = reader.query(tree)
    except Refused as refused:
        issues = (*reader.unlisted, *refused.issues)
        raise Refused(*(placed(issue, sql) for issue in issues)) from None
    except RecursionError:
        raise Refused(TOO_DEEP) from None
    except ValidationError as error:
        said = misfit(error.errors()[0])
        message = f"The query cannot be written as a query expression. {said}"
        wrong = Issue("not_supported", message)
        raise Refused(*[placed(issue, sql) for issue in reader.unlisted] or [wrong]) from None
    whole = QueryExpression(dialect=dialect.name, quoted=quoted, query=query)
    lifted = Lifted(whole, sql, reader.places, reader.quoted)
    if reader.unlisted:
        raise Unlisted(lifted, *(placed(issue, sql) for issue in reader.unlisted))
    return lifted


def parse(sql: str, dialect: Dialect, max_bytes: int = MAX_BYTES) -> exp.Expr:
    """Return sqlglot's tree of the one query in `sql`. Raises Refused."""
    _check_size(sql, max_bytes)
    if dialect.runs_comments and _RUN.search(sql):
        _check_comments(sql, dialect)
    statements = [s for s in _parse(sql, dialect) if s is not None and type(s) is not exp.Semicolon]
    if len(statements) != 1:
        raise Refused(Issue("statements", _several(statements)))
    if not isinstance(statements[0], _QUERIES):
        raise Refused(_not_a_query(sql))
    return statements[0]


def _check_comments(sql: str, dialect: Dialect) -> None:
    """Refuse comments that the database runs."""
    try:
        tokens = plain_grammar(dialect).tokenize(sql)
    except TokenError as error:
        raise Refused(untokenized(error, sql, dialect)) from None
    if any(text.startswith(("!", "M!")) for token in tokens for text in token.comments):
        message = f"{dialect.title} runs what is in /*! … */: write it without these marks."
        raise Refused(Issue("syntax", message))


def _not_a_query(sql: str) -> Issue:
    match = _BEFORE.match(sql)
    start = match.end() if match else 0
    word = (sql[start:].split() or [""])[0][:20].upper()
    message = f"Only a query is allowed here, not {word}. Write a SELECT."
    return placed(Issue("not_a_query", message, line=start), sql)


def _several(statements: list[exp.Expr]) -> str:
    """Return why these statements are refused, and what to do."""
    if not statements:
        return "There is no query. Write a SELECT."
    others = [statement for statement in statements if not isinstance(statement, _QUERIES)]
    words = dict.fromkeys(map(_word, others))
    remedy = "Join them with UNION ALL or WITH, or ask for each on its own."
    if words:
        listed = ", ".join(list(words)[:MAX_WORDS])
        remedy = f"Leave out {listed}."
        if not words.keys() <= _WRITES:
            remedy += " Write the value of a variable into the query itself."
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
    except Misread as error:
        raise Refused(misread(error, sql, dialect)) from None
    except TokenError as error:
        raise Refused(untokenized(error, sql, dialect)) from None
    except RecursionError:
        raise Refused(TOO_DEEP) from None
    except Exception:  # sqlglot raises ValueError, AttributeError and others as well
        message = f"This is not SQL of {dialect.title} that can be read."
        raise Refused(Issue("syntax", message)) from None


def located(issues: Iterable[Issue], lifted: Lifted, dialect: Dialect) -> tuple[Issue, ...]:
    """Return issues with the line and column that their pointers mean in the SQL.

    One without a pointer has the place of the first word that it names, or no place.
    """
    return tuple(_located(issue, lifted, dialect) for issue in issues)


def _located(issue: Issue, lifted: Lifted, dialect: Dialect) -> Issue:
    if issue.pointer:
        offset: int | None = _offset(issue.pointer, lifted)
    else:
        offset = place_of_words(issue.message, lifted.sql, dialect)
    unplaced = replace(issue, line=offset, column=None)
    return unplaced if offset is None else placed(unplaced, lifted.sql)


def _offset(pointer: str, lifted: Lifted) -> int:
    """Return the offset of the innermost node on the way to `pointer` that has one."""
    offset = 0
    for node in path(lifted.expression, pointer):
        offset = lifted.places.get(id(node), offset)
    return offset
