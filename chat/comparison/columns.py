"""The answers of a comparison as its page shows them, with their times, speed, tokens and cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from string import ascii_uppercase
from typing import TYPE_CHECKING, NamedTuple

from django.utils.formats import number_format
from django.utils.timezone import localdate
from django.utils.translation import gettext

from chat.frames import MAX_BESIDE
from chat.models import Message, State
from chat.pages.facts import grouped, seconds
from chat.pages.presentation import MessageView, view
from registry.config.price import on_day
from registry.metering.price import PER_UNIT, cost
from registry.metering.tokens import tokens_of as counts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.config.price import Price
    from registry.snapshot import Registry

LETTERS = ascii_uppercase[:MAX_BESIDE]  # of hidden models: one for each answer to a question
MIN_MS = 100  # of writing: a speed over less says nothing


class Fact(NamedTuple):
    """What is known of an answer besides its text."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Column:
    """An answer beside others. With a `letter`, its model is hidden."""

    view: MessageView
    price: Price | None = None
    letter: str = ""
    kept: bool = False

    @property
    def title(self) -> str:
        if not self.letter:
            return self.view.title
        return gettext("Answer %(letter)s") % {"letter": self.letter}

    @property
    def note(self) -> str:
        """Return what went wrong; without names, where they are hidden."""
        if self.letter and self.view.failure:
            return gettext("This answer failed, or broke off.")
        return self.view.note

    @property
    def can_be_kept(self) -> bool:
        message = self.view.message
        return message.state not in (State.RUNNING, State.FAILED) and bool(message.content)

    @property
    def facts(self) -> list[Fact]:
        """Return the times; unless the model is hidden, also its speed, tokens and cost."""
        message = self.view.message
        times = [
            (gettext("First word"), message.first_token_ms),
            (gettext("In all"), message.duration_ms),
        ]
        facts = [Fact(name, seconds(ms)) for name, ms in times if ms is not None]
        return facts if self.letter else [*facts, *self._speed(), *self._tokens()]

    def _speed(self) -> Iterator[Fact]:
        if speed := speed_of(self.view.message):
            value = gettext("%(speed)s tokens per second") % {"speed": number_format(speed, 1)}
            yield Fact(gettext("Speed"), value)

    def _tokens(self) -> Iterator[Fact]:
        read, written = tokens_of(self.view.message)
        if read is None or written is None:
            return
        counts = {"read": grouped(read), "written": grouped(written)}
        yield Fact(gettext("Tokens"), gettext("%(read)s in, %(written)s out") % counts)
        used = counts_of(self.view.message.usage)
        if self.price and used:
            price = self.price.parts
            amount = number_format(f"{Decimal(cost(price, used)) / PER_UNIT:.6f}")
            yield Fact(gettext("Cost"), f"{amount} {price.currency}".strip())


def tokens_of(message: Message) -> tuple[int | None, int | None]:
    """Return how many tokens a model read and wrote, as its provider says."""
    usage = message.usage or {}
    read, written = (usage.get(name) for name in ("prompt_tokens", "completion_tokens"))
    return (read if type(read) is int else None), (written if type(written) is int else None)


def speed_of(message: Message) -> float | None:
    """Return how many tokens a second the answer had from its first word on; None if unknown."""
    _, written = tokens_of(message)
    if not written or message.first_token_ms is None or message.duration_ms is None:
        return None
    writing = message.duration_ms - message.first_token_ms
    return 1000 * written / writing if writing >= MIN_MS else None


def column(message: Message, registry: Registry, letter: str = "", *, kept: bool = False) -> Column:
    """Return what the page shows of an answer."""
    model = registry.find(message.model)
    price = on_day(model.ref.price, localdate()) if model else None
    return Column(view(message, registry), price, letter, kept)
