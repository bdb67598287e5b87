"""
Random queries find the same rows in the other dialect, or are refused, or have a warning.

`make fuzz CASES=100000` tries as many; `make fuzz SEED=7` tries others. A failure prints the
smallest query that Hypothesis finds.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, assume, given, seed, settings

from tests.queryexpr.engines.fuzz.queries import Case, cases
from tests.queryexpr.engines.pairs import judged, tolerance
from tests.queryexpr.engines.rows import equal, is_finite, plain
from tests.queryexpr.engines.servers import Engines, Row

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]
RANDOM = settings(
    max_examples=int(os.environ.get("FUZZ_CASES", "150")), deadline=None, database=None,
    suppress_health_check=[*HealthCheck],
)  # fmt: skip
# What depends on the rows, and is an error when it happens: no wrong row comes of it.
AT_RUN_TIME = (
    "out of range", "overflow", "division by zero", "invalid input syntax", "cannot convert",
    "could not convert", "conversion error", "incorrect", "too large", "more than one row",
    "more than 1 row", "out-of-range",
)  # fmt: skip


def happens_at_run_time(error: Exception) -> bool:
    return any(words in str(error).lower() for words in AT_RUN_TIME)


@seed(int(os.environ.get("FUZZ_SEED", "0")))
@RANDOM
@given(cases())
def test_a_random_query_finds_the_same_rows_or_is_refused(engines: Engines, case: Case) -> None:
    ours = rows_of(engines, case)
    judgement = judged(case.sql, case.source, case.target)
    if any(issue.severity != "note" for issue in judgement.issues) or not is_finite(ours):
        return
    try:
        theirs = engines.run(case.target, str(judgement.sql))
    except Exception as error:
        if happens_at_run_time(error):
            return
        raise AssertionError(f"{case}\n{judgement.sql}\n{error}") from None
    one, other = (plain(rows, ordered=case.ordered) for rows in (ours, theirs))
    same = equal(one, other, tolerance(case.source, case.target))
    assert same, f"{case}\n{judgement.sql}\n{one}\n{other}"


def rows_of(engines: Engines, case: Case) -> list[Row]:
    """The rows in the query's own dialect, which takes it, or the case is left out."""
    try:
        return engines.run(case.source, case.sql)
    except Exception:  # each database has errors of its own
        assume(False)
        raise
