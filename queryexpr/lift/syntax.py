"""Text that is no SQL → an issue, in words of SQL: what was expected where, and what is there."""

from __future__ import annotations

import re

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.misread import Misread
from queryexpr.issues import Issue
from queryexpr.lift.reader import placed

MAX_WORD = 40  # characters of a word in a message
_LACKING = re.compile(
    r"Required keyword: '(?P<part>\w+)' missing for <class '[\w.]*?(?P<kind>\w+)'>"
)
_NEEDED = {
    "Where": "a condition", "Having": "a condition", "Qualify": "a condition", "Not": "a condition",
    "And": "a condition", "Or": "a condition", "Order": "a column", "Group": "a column",
    "Limit": "a number", "Offset": "a number", "Union": "a query", "Intersect": "a query",
    "Except": "a query", "Cast": "a type", "Alias": "a name", "Between": "AND and a value",
}  # fmt: skip
_EXPECTED = re.compile(r"(?i)expect(?:ed|ing) (?:token )?(?P<what>.+?)(?: but got .*| after .*)?")
_PLAIN = {
    "table name": "the name of a table", "database name": "the name of a database",
    "TYPE": "a type", "type": "a type", "FROM or comma": "a part and FROM",
    "at least one argument": "an argument", "CTE to have alias": "a name",
}  # fmt: skip
_OPEN = re.compile(r"Missing (?P<mark>\S+) from (?P<line>\d+):")
# What `clauses.errors` looks for in a message.
FOUND = re.compile(r"but '(?P<word>.*)' was found\.|: '(?P<other>.*?)' was not expected")


def misread(error: Misread, sql: str, dialect: Dialect) -> Issue:
    """Return the issue for what the parser could not read."""
    after, found = error.after[:MAX_WORD], error.found[:MAX_WORD]
    what, place = _expected(error.reason), f" after '{after}'" if after else ""
    if what:
        there = f"'{found}' was found" if found else "the query ends there"
        said = f"{what} was expected{place}, but {there}"
    else:
        said = f"'{found}' was not expected{place}" if found else f"it is not finished{place}"
    return placed(Issue("syntax", f"{_begin(dialect)} {said}.", line=error.start), sql)


def untokenized(error: Exception, sql: str, dialect: Dialect) -> Issue:
    """Return the issue for text that cannot even be cut into words."""
    match = _OPEN.search(str(error.__cause__))
    if match is None:
        said = f"{_begin(dialect)} the text cannot be cut into words."
        is_comment = sql.rfind("/*") > sql.rfind("*/")
        return Issue("syntax", "A comment is not closed: */ is missing." if is_comment else said)
    mark, line = match["mark"], int(match["line"])
    start = sum(map(len, sql.splitlines(keepends=True)[: line - 1]))
    opening = max(sql.find(mark, start), 0)
    message = f"{_begin(dialect)} a text or name that begins with {mark} is not closed."
    return placed(Issue("syntax", message, line=opening), sql)


def _begin(dialect: Dialect) -> str:
    return f"This is not SQL of {dialect.title}:"


def _expected(reason: str) -> str:
    """Return what sqlglot expected, in words of SQL; empty if it does not say."""
    if lacking := _LACKING.search(reason):
        return _NEEDED.get(lacking["kind"], "a value")
    if not (expected := _EXPECTED.fullmatch(reason)):
        return ""
    what = expected["what"]
    return _PLAIN.get(what) or (f"'{what}'" if len(what) == 1 else what if what.isupper() else "")
