"""The rights that a source's user of MySQL or MariaDB must not have, each with its remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pymysql

from workflow.sources.missing import no_table

Ask = Callable[..., list[tuple[Any, ...]]]
MAX_NAMED = 5  # in one message
_HARMLESS = {"USAGE", "SELECT", "SHOW VIEW", "SHOW DATABASES"}
_GRANT = re.compile(
    r"GRANT (?P<rights>.+?) ON (?:TABLE |FUNCTION |PROCEDURE )?(?P<on>.+?) TO ", re.DOTALL
)
_COLUMNS = re.compile(r"\([^)]*\)")  # that a right is limited to
_ROLE = "The user has roles. Grant SELECT to the user itself, and REVOKE the roles."
_OPTION = "The user may grant what it has. REVOKE GRANT OPTION from it."
_RIGHTS = "{} has {} on {}. Let it have nothing but SELECT: REVOKE the rest."
_USER, _EVERYONE = "The user", "Everyone (PUBLIC)"
_READABLE = " that the user may read"
_REMEDY = "Write it as the database spells it and GRANT SELECT on it, or delete it."
_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = database()"


def faults(ask: Ask, tables: Sequence[str]) -> list[str]:
    """Return why a user may not be used. `ask` returns the rows of a query."""
    grants = {row[0]: _USER for row in ask("SHOW GRANTS")}
    grants |= {row[0]: _EVERYONE for row in _of_everyone(ask)}
    known = {row[0] for row in ask(_TABLES)}
    return [
        *dict.fromkeys(fault for grant, who in grants.items() for fault in _faults(grant, who)),
        *(no_table(table, known, _READABLE, _REMEDY) for table in tables if table not in known),
    ]


def _of_everyone(ask: Ask) -> list[tuple[Any, ...]]:
    """Return what MariaDB grants to all users. Others know no such thing."""
    try:
        return ask("SHOW GRANTS FOR PUBLIC")
    except pymysql.Error:
        return []


def _faults(grant: str, who: str) -> Iterator[str]:
    match = _GRANT.match(grant)
    if match is None:
        if grant.startswith("GRANT "):  # `role` TO …
            yield _ROLE
        return
    rights = (right.strip() for right in _COLUMNS.sub("", match["rights"]).split(","))
    if more := [right for right in rights if right not in _HARMLESS]:
        yield _RIGHTS.format(who, ", ".join(more[:MAX_NAMED]), match["on"])
    if grant.endswith("WITH GRANT OPTION"):
        yield _OPTION
