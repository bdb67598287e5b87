"""
CREATE TABLE statements → catalogue, with keys that ALTER TABLE adds. Nothing is ever executed.

No parser of SQL knows every clause of every dump, and only names, types, keys and comments are
needed. So one pattern cuts the text into tokens, and loops read them: unknown clauses are skipped,
one statement does not affect the next, time is linear and nothing recurses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypeVar

from queryexpr.dialects.dialect import Dialect
from queryexpr.issues import Issue, Refused
from queryexpr.lift.reader import placed
from queryexpr.schema.catalogue import Catalogue, Column, Table
from queryexpr.schema.checks import MAX_ISSUES, Path, check_bytes, check_size, checked
from queryexpr.schema.ddl.keys import Drafts, alters_table, read_keys
from queryexpr.schema.ddl.tables import Draft, read_table
from queryexpr.schema.ddl.tokens import Token, statements_of
from queryexpr.schema.ddl.values import named_enum

Named = TypeVar("Named", Column, Table)


def read_ddl(text: str, dialect: Dialect) -> tuple[Catalogue, tuple[Issue, ...]]:
    """Return the tables that `text` creates, and what is wrong in it or was skipped.

    A statement with an error is left out, and the rest counts. Raises Refused if no table is left
    or the text is too long.
    """
    check_bytes(text)
    try:
        drafts, issues = _drafts(text, dialect)
        _fold(drafts, dialect)
        catalogue, more = _checked(drafts, issues, dialect)
    except Refused as refused:
        raise Refused(*_placed(refused.issues, text)) from None
    return catalogue, _placed((*more, *issues), text)


def _fold(drafts: list[Draft], dialect: Dialect) -> None:
    """Spell a name as the database folds it, where another is written so in quotes.

    The two are not one: `Id` beside `"Id"` is `ID` in Snowflake.
    """
    quoted = {draft.head.name for draft in drafts if draft.head.quoted}
    quoted |= {column.name for draft in drafts for column in draft.columns if column.quoted}
    if not (dialect.folds and quoted):
        return

    def folded(one: Named) -> Named:
        mixed = one.name in quoted and not one.quoted
        return replace(one, name=getattr(one.name, dialect.folds)()) if mixed else one

    for draft in drafts:
        draft.head = folded(draft.head)
        draft.columns = [folded(column) for column in draft.columns]


def _checked(
    drafts: list[Draft], issues: list[Issue], dialect: Dialect
) -> tuple[Catalogue, tuple[Issue, ...]]:
    def at(path: Path) -> dict[str, Any]:
        return {"line": drafts[int(path[1])].places[path[2:]]}

    def key(one: Table | Column) -> str:
        return one.name if dialect.folds and one.quoted else dialect.folded(one.name)

    try:
        return checked([draft.table for draft in drafts], at, key)
    except Refused as refused:
        raise Refused(*refused.issues, *issues) from None


def _placed(issues: Sequence[Issue], text: str) -> tuple[Issue, ...]:
    """Turn offsets into lines and columns, errors first; `no_tables` has no place."""
    ordered = sorted(issues, key=lambda issue: issue.severity != "error")[:MAX_ISSUES]
    return tuple(issue if issue.line is None else placed(issue, text) for issue in ordered)


def _drafts(text: str, dialect: Dialect) -> tuple[list[Draft], list[Issue]]:
    drafts: list[Draft] = []
    issues: list[Issue] = []
    others: list[list[Token]] = []
    tables = columns = 0
    for statement in statements_of(text, dialect):
        if statement[0].kind not in ("line", "create") or _is_partition(statement):
            others.append(statement)
            continue
        tables += 1  # one with an error, too: `size.too_large` cannot tell
        try:
            drafts.append(read_table(statement, text, dialect))
            columns += len(drafts[-1].columns)
        except Refused as refused:
            issues += refused.issues
        check_size(tables, columns)
    known = Drafts(drafts)
    _name_values(drafts, dict(map(named_enum, others)))
    return drafts, issues + _ignored([s for s in others if not _adds_keys(s, known, dialect)])


def _name_values(drafts: list[Draft], enums: dict[str, tuple[str, ...]]) -> None:
    """Give columns whose type is an enum that the text creates its values."""
    for draft in drafts:
        for column in draft.columns:
            if values := enums.get(column.type.rpartition(".")[2]):
                draft.values.setdefault(column.name.lower(), values)


def _adds_keys(statement: list[Token], known: Drafts, dialect: Dialect) -> bool:
    """Read the keys that a statement adds to a table; say whether there is any."""
    try:
        return alters_table(statement) and read_keys(statement, known, dialect)
    except Refused:  # it is then named among what was not read
        return False


def _is_partition(statement: list[Token]) -> bool:
    """Does it create a partition of a table that is defined elsewhere, as PostgreSQL's dumps do?"""
    return ("PARTITION", "OF") in pairwise(token.word for token in statement[:8])


# ── What was not read ───────────────────────────────────────────────────────────────────────

_OBJECTS = frozenset(
    "DATABASE DOMAIN EXTENSION FUNCTION INDEX POLICY PROCEDURE ROLE RULE SCHEMA SEQUENCE TABLE"
    " TRIGGER TYPE USER VIEW VIRTUAL".split()
)
_VERBS = frozenset(
    "ALTER ANALYZE BEGIN COMMENT COMMIT COPY CREATE DELETE DELIMITER DROP END EXEC GRANT INSERT"
    " LOCK PRAGMA PRINT REVOKE ROLLBACK SELECT SET START UNLOCK UPDATE USE WITH".split()
)


def _ignored(statements: list[list[Token]]) -> list[Issue]:
    """Return one warning for all of them."""
    named = [(label, tokens) for tokens in statements if (label := _label(tokens))]
    if not named:
        return []
    counted = Counter(label for label, _ in named).most_common()
    listed = ", ".join(f"{label} ({number})" for label, number in counted)
    message = f"Only tables and their keys are read. Ignored: {listed}."
    if any(label == "CREATE VIEW" for label, _ in named):
        message += " To ask about a view, describe it as a table."
    return [Issue("ddl_ignored", message, "warning", line=named[0][1][0].start)]


def _label(tokens: list[Token]) -> str:
    """Return what kind of statement it is; empty for one without words."""
    beginning = " ".join(token.raw[:40] for token in tokens[:8]).upper()
    first, *others = re.findall(r"\w+|^\\", beginning) or [""]
    what = next((word for word in others if word in _OBJECTS), "")
    if first in ("CREATE", "ALTER", "DROP") and what:
        return f"{first} {what}"
    return "psql commands" if first == "\\" else first if first in _VERBS or not first else "other"
