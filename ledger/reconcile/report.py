"""Findings as text for a terminal, and as CSV. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.spreadsheets import safe
from ledger.reconcile.findings import FIELDS
from ledger.reconcile.prices import amount

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from ledger.reconcile.findings import Finding

WAYS = {"agrees": "agree", "explained": "differ and are explained",
        "unexplained": "differ and are not explained"}  # fmt: skip


def state(one: Finding) -> str:
    """Return agrees, explained or unexplained."""
    if not one.differences:
        return "agrees"
    return "unexplained" if one.unexplained else "explained"


def table(findings: Iterable[Finding]) -> list[list[str]]:
    """Return a line for each field that differs, below a header."""
    lines = [["DAY", "MODEL", "", "PROVIDER", "LEDGER", "DIFFERENCE", ""]]
    for one in findings:
        for name, more in one.differences.items():
            mark = "not explained" if name in one.unexplained else "explained"
            numbers = [_shown(name, one.theirs(name)), _shown(name, one.ours(name))]
            sign = "+" if more > 0 else "-"
            model = one.model or "all models"
            line = [f"{one.day}", model, name, *numbers, sign + _shown(name, abs(more)), mark]
            lines.append(line)
    return lines


def reasons(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield each cause once, with the days and models that it is about."""
    places: dict[str, list[str]] = {}
    for one in findings:
        for cause in one.causes:
            places.setdefault(cause.text, []).append(f"{one.day} {one.model or 'all models'}")
    for text, of in places.items():
        more = f" and {len(of) - 3} more" if len(of) > 3 else ""
        yield f"{', '.join(of[:3])}{more}: {text}"


def summary(findings: Sequence[Finding]) -> str:
    """Return how many days and models agree, and how many do not."""
    counts = {way: sum(state(one) == way for one in findings) for way in WAYS}
    parts = [f"{count} {WAYS[way]}" for way, count in counts.items() if count]
    return f"Of {len(findings)} days and models, {', '.join(parts) or 'none is in the file'}."


def lines(findings: Iterable[Finding]) -> Iterator[list[object]]:
    """Yield the lines of a CSV file: all that was compared."""
    both = [f"{side}_{name}" for name in FIELDS for side in ("provider", "ledger")]
    yield ["day", "model", "state", *both, "currency", "causes"]
    for one in findings:
        numbers: list[object] = []
        for name in FIELDS:
            is_compared = name in one.fields
            numbers += [_cell(one.theirs(name)) if is_compared else "",
                        _cell(one.ours(name))]  # fmt: skip
        causes = " ".join(cause.text for cause in one.causes)
        yield [f"{one.day}", safe(one.model), state(one), *numbers,
               safe(one.reported.currency), safe(causes)]  # fmt: skip


def _cell(number: Decimal) -> Decimal:
    return number.normalize() + 0


def _shown(name: str, number: Decimal) -> str:
    return amount(number) if name == "cost" else f"{number:,}"
