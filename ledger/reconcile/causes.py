"""
Why a provider's figures differ from the ledger's. Pure.

A cause explains a field only where it can account for all of the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.reconcile import prices
from ledger.reconcile.findings import Cause, value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from ledger.reconcile.findings import Finding
    from ledger.reconcile.prices import PriceOf

TOO_LOW = 4  # an estimate of four bytes a token may be a quarter of what was used
REASONS = {
    "left": "their readers left before the end", "stopped": "they were stopped",
    "cut_off": "they broke off or timed out", "not_counted": "the provider counted nothing",
    "lost": "their process ended before they did",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the figures. `before` is why the ledger has nothing before `begin`.

    With `hides_cache`, the ledger has no cached tokens: the provider's cache is shared.
    """

    begin: date
    before: str
    today: date
    price_of: PriceOf
    hides_cache: bool = False


def explain(findings: Iterable[Finding], context: Context) -> None:
    """Add to each finding that differs the causes that are known."""
    differing = [one for one in findings if one.differences]
    _add_borders(differing)
    for one in differing:
        for causes in _CAUSES:
            one.causes += causes(one, context)
        if one.unexplained:
            one.causes += _hints(one)


def _outside(one: Finding, context: Context) -> Iterator[Cause]:
    if one.day < context.begin:
        yield Cause(f"{context.before}: this day is not, or not all, in it.", frozenset(one.fields))
    elif one.day >= context.today:
        yield Cause("The day is not over.", frozenset(one.fields))


def _other_keys(one: Finding, context: Context) -> Iterator[Cause]:
    """One key's figures may be the ledger's: the rest is of others."""
    counts = [name for name in one.fields if name != "cost"]
    for key, figures in one.by_key.items():
        if counts and all((getattr(figures, name) or 0) == one.ours(name) for name in counts):
            text = f"The key {key or 'without a name'} has what the ledger has: others are not"
            yield Cause(f"{text} the portal's.", frozenset(one.fields))
            return


def _failed(one: Finding, context: Context) -> Iterator[Cause]:
    """Providers count no requests that they refuse, and may not count those that break off."""
    estimated = sum(part.requests for part in one.used.estimates.values())
    if one.used.unanswered and 0 < -one.more("requests") <= one.used.unanswered + estimated:
        text = f"{one.used.unanswered:,} calls failed without an answer: providers count no such."
        yield Cause(text, frozenset({"requests"}))


def _estimated(one: Finding, context: Context) -> Iterator[Cause]:
    if not one.used.estimates:
        return
    fields = frozenset(name for name in one.differences if _may_be_wrong(one, name))
    parts = [
        f"{part.requests:,} because {REASONS.get(reason, reason)} "
        f"({part.input:,} tokens in, {part.output:,} out)"
        for reason, part in sorted(one.used.estimates.items())
    ]
    rest = "" if fields else " That is too little to explain the difference."
    yield Cause(f"The ledger estimates calls: {'; '.join(parts)}.{rest}", fields)


def _may_be_wrong(one: Finding, name: str) -> bool:
    """Is the difference within what the estimates may be wrong by?"""
    estimated = sum(value_of(part, name) for part in one.used.estimates.values())
    more = (TOO_LOW - 1) * estimated if name != "requests" else 0
    return -estimated <= one.more(name) <= more


def _hidden_cache(one: Finding, context: Context) -> Iterator[Cause]:
    if context.hides_cache and one.more("cached") > 0 and not one.ours("cached"):
        text = "The ledger has no cached tokens of a provider with `shared_cache`"
        yield Cause(f"{text}, and counts them at the full price.", frozenset({"cached", "cost"}))


def _price(one: Finding, context: Context) -> Iterator[Cause]:
    if "cost" in one.differences:
        yield from prices.causes(one, context.price_of)


_CAUSES: tuple[Callable[[Finding, Context], Iterator[Cause]], ...] = (
    _outside, _other_keys, _failed, _estimated, _hidden_cache, _price,
)  # fmt: skip


def _add_borders(differing: list[Finding]) -> None:
    """Explain days of a model whose differences cancel out: of calls around midnight."""
    runs: dict[str, list[Finding]] = {}
    for one in sorted(differing, key=lambda each: (each.model, each.day)):
        run = runs.setdefault(one.model, [])
        if run and (one.day - run[-1].day).days > 1:
            run.clear()
        run.append(one)
        if days := _cancelling(run):
            text = f"From {days[0].day} to {one.day} the sums agree: calls around midnight count"
            for each in days:
                cause = f"{text} on the other day, or days are not UTC's: --zone."
                each.causes.append(Cause(cause, frozenset(each.fields)))
            run.clear()


def _cancelling(run: list[Finding]) -> list[Finding]:
    """Return the last days of a run whose differences are none together, if there are such."""
    for start in range(len(run) - 2, -1, -1):
        days = run[start:]
        if not any(sum(each.more(name) for each in days) for name in days[0].fields):
            return days
    return []


def _hints(one: Finding) -> Iterator[Cause]:
    """Yield what may be the cause, and cannot be known."""
    more = [one.differences[name] > 0 for name in one.unexplained]
    if not one.used.whole.requests:
        yield Cause("The ledger has no call of this model: another key or program of the account?")
    elif all(more):
        yield Cause("The provider has more: another key or program of the account? --key chooses.")
    elif not any(more) and one.reported.output is None and one.reported.cost is None:
        yield Cause("The file has nothing of it: another account, or another kind of usage?")
    elif not any(more):
        yield Cause("The ledger has more: was the file written before the day was over?")
