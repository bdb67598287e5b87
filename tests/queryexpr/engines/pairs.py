"""A query in the engine of its dialect, and what is written of it in the engine of another."""

from __future__ import annotations

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge
from queryexpr.gate.operations import Judgement
from queryexpr.schema.ddl.read import read_ddl
from tests.queryexpr.engines.rows import equal, plain
from tests.queryexpr.engines.servers import Engines
from tests.queryexpr.engines.tables import catalogue

FEW_PLACES = ("mysql",)  # dialects whose quotients and averages have four places


def judged(sql: str, source: str, target: str, ddl: str | None = None) -> Judgement:
    """What the gate says of a query of one dialect that is written for another.

    `ddl` has the tables in the words of the dialect; by default they are those of `tables`.
    """
    tables = read_ddl(ddl, DIALECTS[source])[0] if ddl else catalogue(source)
    return judge(sql, DIALECTS[target], tables, source=DIALECTS[source])


def tolerance(*dialects: str) -> float:
    """How much numbers may differ, of their size."""
    return 2e-4 if any(dialect in FEW_PLACES for dialect in dialects) else 1e-6


def assert_same(engines: Engines, sql: str, source: str, target: str) -> None:
    """Assert that the query is taken for `target`, and finds the rows that it finds in `source`."""
    judgement = judged(sql, source, target)
    assert judgement.valid, [issue.message for issue in judgement.issues]
    ours, theirs = engines.run(source, sql), engines.run(target, str(judgement.sql))
    same = equal(plain(ours), plain(theirs), tolerance(source, target))
    assert same, f"{source}: {ours}\n{target}: {theirs}\n{judgement.sql}"


def refused(sql: str, source: str, target: str) -> set[str]:
    """The codes of the errors for which the query is refused; none if it is taken."""
    judgement = judged(sql, source, target)
    return {issue.code for issue in judgement.issues if issue.severity == "error"}
