"""Two records of a journal → a row of the ledger. Pure, but for the names of its models."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from django.utils.timezone import localdate

from ledger.models import Call
from registry.metering.price import charged, on_day
from registry.metering.records import Ended

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.metering.records import Begun

MAX_PARAMETERS = 500  # characters
MAX_COST = 9 * 10**18  # nine million of the currency: what fits into a column
LOST = "lost"  # the outcome of a call whose process ended before it


def row(begun: Begun, ended: Ended, worker: str) -> Call:
    """Return the row of a call that has ended."""
    chosen, tokens = begun.chosen, ended.tokens
    at = datetime.fromtimestamp(begun.at / 1e6, UTC)
    price = on_day(chosen.prices, localdate(at).isoformat())
    return Call(
        id=uuid.UUID(bytes=begun.key), at=at, request=begun.request[:200],
        person=int(begun.person or 0), token=begun.token.removeprefix("token "),
        groups=names(begun.groups), door=begun.door[:100], worker=worker[:40],
        capability=chosen.capability[:40], provider=chosen.provider[:40],
        server=chosen.server[:200],
        model=chosen.model[:250], asked=chosen.asked[:250], resolved_by=chosen.resolved_by,
        because=chosen.because, revision=chosen.revision, outcome=ended.outcome, code=ended.code,
        first=ended.first // 1000, took=ended.took // 1000, sent=begun.sent,
        **tokens._asdict(), images=ended.images, estimated=ended.estimated,
        cost=_fitting(charged(price, tokens, ended.outcome, ended.images)),
        currency=price.currency if price else "", price_since=price.since if price else "",
        parameters=_json(begun.parameters), fingerprint=ended.fingerprint[:100],
        prompt_mac=ended.prompt, answer_mac=ended.answer, reported=ended.reported[:250],
    )  # fmt: skip


def _fitting(cost: int | None) -> int | None:
    return None if cost is None else min(cost, MAX_COST)


def _json(parameters: Mapping[str, int | float | bool]) -> str:
    """Return them as JSON; none if that is longer than a column."""
    text = msgspec.json.encode(parameters, order="sorted").decode() if parameters else ""
    return text if len(text) <= MAX_PARAMETERS else ""


def names(groups: tuple[str, ...] | None) -> str:
    """Return the groups of a person as a row has them: one on a line, in their order."""
    return "\n".join(sorted(groups or ()))[:1000]


def lost(begun: Begun) -> Ended:
    """Return the end of a call whose process ended: what was expected of it."""
    return Ended(begun.key, LOST, "", 0, 0, begun.expected, LOST, begun.images)
