"""
SQL and query expressions, each made from the other, checked and explained.

A query expression is a query as data that cannot express a write. This library knows neither
Django nor the portal, and executes no query of a caller's.

>>> from queryexpr import DIALECTS, check, compile, explain, judge, lift, lint, read_ddl, tell_apart
>>> sqlite, tsql = DIALECTS["sqlite"], DIALECTS["tsql"]
>>> catalogue, _ = read_ddl("CREATE TABLE staff (id INTEGER PRIMARY KEY, name TEXT)", sqlite)

>>> expression = lift("SELECT nam FROM staff LIMIT 3", sqlite).expression
>>> [issue.message for issue in check(expression, sqlite, catalogue).issues]
["No table in FROM has a column 'nam'. Did you mean 'name'?"]

>>> checked = check(lift("SELECT name FROM staff LIMIT 3", sqlite).expression, sqlite, catalogue)
>>> explain(checked)[1:]
['Show name.', 'Keep at most 3 rows, no matter which.']
>>> lint(checked, catalogue)
()
>>> compile(checked.expression, tsql, catalogue)
'SELECT TOP 3 name FROM staff'

Measures that a business has defined are names, which a check expands:

>>> from queryexpr import read_meanings, with_meanings
>>> staff = {"expr": "COUNT(staff.id)", "filter": "staff.name IS NOT NULL"}
>>> meanings, _ = read_meanings({"dialect": "sqlite", "measures": {"headcount": staff}})
>>> counted = {"query": {"select": [{"expr": {"measure": "headcount"}}]}}
>>> judge(counted, tsql, with_meanings(catalogue, meanings)).sql.split("\\n")[1].strip()
'COUNT(CASE WHEN staff.name IS NOT NULL THEN staff.id END)'

`judge` does all of it, and accepts only a query that a real engine accepts too:

>>> judge("DELETE FROM staff", sqlite, catalogue).issues[0].message
'Only a query is allowed here, not DELETE. Write a SELECT.'

`tell_apart` looks for a tiny database on which two queries differ, and says what decides:

>>> each = lift("SELECT name FROM staff", sqlite).expression
>>> once = lift("SELECT DISTINCT name FROM staff", sqlite).expression
>>> tell_apart(each, once, sqlite, catalogue).sentence.partition(" (")[0]
'Two rows in staff with the same name'

Names load on first use, so that a process that never parses SQL does not load the parser. Other
packages import these names, or from `queryexpr.dialects`, `queryexpr.document.profiles`,
`queryexpr.issues` and `queryexpr.gate.{engine,operations,worker}`: the rest may change.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from queryexpr.check.check import check
    from queryexpr.check.checker import Checked
    from queryexpr.compare import same
    from queryexpr.dialects.all import DIALECTS
    from queryexpr.dialects.dialect import Dialect
    from queryexpr.document.read import read
    from queryexpr.explain.explain import explain
    from queryexpr.expression import QueryExpression
    from queryexpr.gate.judge import judge
    from queryexpr.gate.operations import Judgement
    from queryexpr.issues import Issue, Refused
    from queryexpr.lift.lift import Lifted, lift
    from queryexpr.lint.lint import lint
    from queryexpr.meaning.attach import with_meanings
    from queryexpr.meaning.read import read_meanings
    from queryexpr.schema.catalogue import Catalogue
    from queryexpr.schema.checks import fault
    from queryexpr.schema.ddl.read import read_ddl
    from queryexpr.schema.from_json import read_tables
    from queryexpr.schema.meanings import Meanings
    from queryexpr.translate.compile import compile_sql as compile  # noqa: A004
    from queryexpr.worlds.search import tell_apart

__all__ = [
    "DIALECTS", "Catalogue", "Checked", "Dialect", "Issue", "Judgement", "Lifted", "Meanings",
    "QueryExpression", "Refused", "check", "compile", "explain", "fault", "judge", "lift", "lint",
    "read", "read_ddl", "read_meanings", "read_tables", "same", "tell_apart", "with_meanings",
]  # fmt: skip

_MODULES = {
    "DIALECTS": "dialects.all", "Catalogue": "schema.catalogue", "Checked": "check.checker",
    "Dialect": "dialects.dialect", "Issue": "issues", "Judgement": "gate.operations",
    "Lifted": "lift.lift", "Meanings": "schema.meanings", "QueryExpression": "expression",
    "Refused": "issues",
    "check": "check.check", "compile": "translate.compile", "explain": "explain.explain",
    "fault": "schema.checks", "judge": "gate.judge", "lift": "lift.lift", "lint": "lint.lint",
    "read": "document.read", "read_ddl": "schema.ddl.read", "read_meanings": "meaning.read",
    "read_tables": "schema.from_json", "same": "compare", "tell_apart": "worlds.search",
    "with_meanings": "meaning.attach",
}  # fmt: skip
_OWN_NAMES = {"compile": "compile_sql"}  # in their modules

# Python binds the name of a package when it first imports it. These four are empty packages, whose
# names are those of functions here: they are imported now, so that nothing binds them later.
for _package in ("check", "explain", "lift", "lint"):
    import_module(f"queryexpr.{_package}")
    globals().pop(_package, None)

if not TYPE_CHECKING:  # else type checkers would accept any name

    def __getattr__(name: str) -> Any:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"queryexpr.{_MODULES[name]}"), _OWN_NAMES.get(name, name))
        globals()[name] = value
        return value
