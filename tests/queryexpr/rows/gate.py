"""What the gate says and writes of a query over one set of tables, and its rows in an engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge
from queryexpr.gate.operations import Judgement
from queryexpr.schema.catalogue import Catalogue

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Gate:
    """`catalogue` returns the tables in a dialect, and `run` the rows of SQL in an engine."""

    catalogue: Callable[[str], Catalogue]
    run: Callable[[str, str], Rows]

    def judged(self, query: Any, source: str, target: str = "") -> Judgement:
        dialect = DIALECTS[target or source]
        return judge(query, dialect, self.catalogue(source), source=DIALECTS[source])

    def written(self, query: Any, source: str, target: str = "") -> str:
        """The SQL that the gate writes, on one line."""
        judgement = self.judged(query, source, target)
        assert judgement.valid, judgement.issues
        return " ".join(str(judgement.sql).split())

    def carried(self, sql: str, source: str, target: str = "") -> Rows:
        """The rows of what the gate writes for `target`."""
        return self.run(target or source, self.written(sql, source, target))
