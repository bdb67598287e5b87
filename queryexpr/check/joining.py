"""What an error says of a name that FROM lacks: which table has it, and how that is joined."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from queryexpr.check.checker import Checker
    from queryexpr.check.scope import Scope, Source
    from queryexpr.schema.catalogue import Catalogue, Table

MAX_STEPS = 3
MAX_HOLDERS = 3


def holders(checker: Checker, column: str, scope: Scope) -> str:
    """Return a sentence about the tables that have the column, and how to join the only one."""
    catalogue = checker.catalogue
    if catalogue is None or not checker.explains:
        return ""
    names = [table.name for table in catalogue.tables if table.column(column)]
    if not names:
        return ""
    said = f" It is a column of {' and '.join(names[:MAX_HOLDERS])}"
    text = how_to_join(catalogue, scope.every(), names[0]) if len(names) == 1 else ""
    return f"{said}: add {text}." if text else f"{said}."


def remedy(checker: Checker, name: str, scope: Scope) -> str:
    """Return how to join a table of the schema; empty if it has no such table."""
    catalogue = checker.catalogue
    if catalogue is None or catalogue.table(name) is None:
        return ""
    text = how_to_join(catalogue, scope.every(), name) if checker.explains else ""
    return f"add {text}." if text else "join it."


def how_to_join(catalogue: Catalogue, sources: Iterable[Source], name: str) -> str:
    """Return the joins of a table to one of `sources`, as SQL; empty without keys that lead there.

    The shortest way counts. Where there are two, neither is said.
    """
    target = catalogue.table(name)
    if target is None:
        return ""
    queue = deque((s.alias, s.table, "") for s in sources if s.table and s.alias)
    seen = {table.path for _, table, _ in queue}
    for _ in range(MAX_STEPS):
        steps = [step for _ in range(len(queue)) for step in _steps(catalogue, *queue.popleft())]
        found = [text for _, table, text in steps if table is target]
        if found:
            return found[0] if len(found) == 1 else ""
        queue.extend(step for step in steps if step[1].path not in seen)
        seen |= {table.path for _, table, _ in steps}
    return ""


def _steps(
    catalogue: Catalogue, alias: str, table: Table, before: str
) -> Iterator[tuple[str, Table, str]]:
    """Yield the tables to which a key of `table` leads, and those with a key that leads here."""
    for key in table.foreign_keys:
        if other := catalogue.table(key.table):
            pairs = zip(key.columns, key.references, strict=False)
            yield _step(before, other, alias, pairs)
    for other in catalogue.tables:
        for key in other.foreign_keys:
            if catalogue.table(key.table) is table and other is not table:
                pairs = zip(key.references, key.columns, strict=False)
                yield _step(before, other, alias, pairs)


def _step(
    before: str, other: Table, alias: str, pairs: Iterable[tuple[str, str]]
) -> tuple[str, Table, str]:
    on = " AND ".join(f"{alias}.{one} = {other.name}.{two}" for one, two in pairs)
    return other.name, other, f"{before} JOIN {other.full} ON {on}".strip()
