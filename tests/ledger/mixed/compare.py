"""What the provider saw, beside the rows: each difference in a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from tests.ledger.mixed.provider import Asked
from tests.ledger.mixed.rows import Row

# Errors of attempts that reach no provider.
NOT_SENT = frozenset({"provider_unreachable", "store_unavailable"})
ENDS = {"stop": "stopped", "leave": "left", "drop": "left", "broken": "failed", "error": "failed"}
SEEN_SECONDS = 2.5  # within which each worker has seen that a budget is used up


def differences(
    asked: dict[str, list[Asked]], rows: Iterable[Row], killed: Collection[int]
) -> Iterator[str]:
    """Yield what is wrong. `killed` are the processes that were killed."""
    by_request: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_request[row.request].append(row)
    for request in asked.keys() | by_request.keys():
        left = list(by_request.get(request, ()))
        for one in sorted(asked.get(request, ()), key=lambda one: one.counts is None):
            match = next((row for row in left if _is_of(row, one, killed)), None)
            if match is None:
                yield f"{request}: {one} has no row; there are {left}"
            else:
                left.remove(match)
        yield from (f"{request}: {row} is of no call" for row in left if not _is_idle(row, killed))


def _is_of(row: Row, asked: Asked, killed: Collection[int]) -> bool:
    """Has the row what the provider counted, or does it say why not?"""
    if row.outcome == "lost":
        return row.estimated == "lost" and row.process in killed
    if row.outcome != ENDS.get(asked.kind, "ok") and not _is_early(row):
        return False
    if asked.counts is not None and not row.estimated:
        return (row.input, row.output, row.images) == (*asked.counts, asked.images)
    if not asked.answers:
        return not row.tokens and not row.estimated
    return bool(row.estimated) and (asked.counts is None or _is_early(row))


def _is_early(row: Row) -> bool:
    """Did its reader end it, which may have been before the answer was read?"""
    return row.outcome in ("left", "stopped", "restarting")


def _is_idle(row: Row, killed: Collection[int]) -> bool:
    """May no provider have seen it? It failed, or ended, before it was sent."""
    if row.outcome == "lost":
        return row.process in killed
    sent_nothing = row.outcome in ("left", "stopped") or row.code in NOT_SENT
    return sent_nothing and not row.tokens and not row.estimated


def overruns(rows: Iterable[Row], most: int) -> Iterator[str]:
    """Yield what a budget has too much: calls that began when all knew that it was used up."""
    used, ended = 0, 0.0
    rows = sorted(rows, key=lambda row: row.end)
    for row in rows:
        used += row.tokens
        if used >= most and not ended:
            ended = row.end
    if ended:
        late = [row for row in rows if row.at > ended + SEEN_SECONDS and row.tokens]
        yield from (f"{row} began {row.at - ended:.1f} s after {most} were used" for row in late)


def excess(rows: Iterable[Row], most: int) -> tuple[int, int]:
    """Return what a budget was exceeded by, and what was under way when workers saw that."""
    rows = sorted(rows, key=lambda row: row.end)
    used, under_way = 0, 0
    for place, row in enumerate(rows):
        if used < most <= used + row.tokens:
            seen = row.end + SEEN_SECONDS
            under_way = sum(other.tokens for other in rows[place:] if other.at <= seen)
        used += row.tokens
    return max(used - most, 0), under_way
