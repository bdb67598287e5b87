"""The limits of this portal: every request, page, answer and socket passes here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_noop as _

from core.errors import PortalError, Sentence
from core.limits.errors import LimitedError
from core.limits.limits import Limits
from core.limits.payer import Payer, payer
from core.limits.places import Places
from core.limits.rate import Rate
from core.limits.source import Source
from core.metrics import refused_by_limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.access import Groups

MESSAGES = {
    "requests": _("You sent more than {limit} requests in a minute. Wait {seconds} s."),
    "pages": _("You opened more than {limit} pages in a minute. Wait {seconds} s."),
    "tokens": _("Your answers used more than {limit} tokens in a minute. Wait {seconds} s."),
    "answers": _("You have {limit} answers under way. Wait for one to end, or stop one."),
    "sockets": _("You have {limit} pages or sockets of the portal open. Close some."),
}


def of_settings() -> Limits:
    """Return the limits of people for whom models.yaml has no others."""
    return Limits(
        settings.RATE_LIMIT_PER_MINUTE,
        settings.TOKENS_PER_MINUTE,
        settings.PAGES_PER_MINUTE,
        settings.ANSWERS_PER_PERSON,
        settings.SOCKETS_PER_PERSON,
        settings.PROVIDER_PLACES_PER_PERSON,
    )


class Limiter:
    """Its methods raise PortalError `rate_limited`, which says when to come back.

    `limits_of` returns the limits of a member of groups; None: of those who may use everything.
    """

    def __init__(self) -> None:
        self.source = Source()
        self.limits_of: Callable[[Groups | None], Limits] = lambda groups: of_settings()
        self.requests, self.pages, self.tokens = (
            Rate(name, self.source) for name in ("requests", "pages", "tokens")
        )
        self.answers, self.sockets = (Places(name, self.source) for name in ("answers", "sockets"))

    def payer(self, person: str, token: str, groups: Groups | None) -> Payer:
        return Payer(person, token, self.limits_of(groups), groups)

    async def request(self, payer: Payer) -> None:
        """Count a request."""
        limit = payer.limits.requests_per_minute
        try:
            await self.requests.take(payer.person, limit)
        except LimitedError as error:
            raise limited("requests", limit, error) from None

    def request_blocking(self, payer: Payer) -> None:
        """Count a request, in a thread."""
        limit = payer.limits.requests_per_minute
        try:
            self.requests.take_blocking(payer.person, limit)
        except LimitedError as error:
            raise limited("requests", limit, error) from None

    def page_blocking(self, payer: Payer) -> None:
        """Count a page, or a part of one, in a thread."""
        limit = payer.limits.pages_per_minute
        try:
            self.pages.take_blocking(payer.person, limit)
        except LimitedError as error:
            raise limited("pages", limit, error) from None

    def answer(self, payer: Payer) -> Answering:
        """Return a context manager that holds a place for an answer, the person's and the token's.

        Entering fails also while the tokens of a minute are used up.
        """
        return Answering(self, payer)

    def charge(self, tokens: int) -> None:
        """Count what an answer used, for whom the running task works."""
        if who := payer.get():
            self.tokens.charge(who.person, who.limits.tokens_per_minute, tokens)

    async def open_socket(self, payer: Payer) -> None:
        """Take a place for a socket, until `close_socket`."""
        limit = payer.limits.sockets
        try:
            await self.sockets.enter(payer.person, limit)
        except LimitedError as error:
            raise limited("sockets", limit, error) from None

    def close_socket(self, payer: Payer) -> None:
        self.sockets.leave(payer.person)

    def tick(self, workers: int) -> None:
        """Renew what this worker holds, one of `workers`, and give back what it does not use."""
        self.source.share.workers = max(workers, 1)
        for rate in (self.requests, self.pages, self.tokens):
            rate.give_back()
        for places in (self.answers, self.sockets):
            places.renew()


class Answering:
    """Holds the places of one answer, as an asynchronous context manager."""

    __slots__ = ("_keys", "_limiter", "_payer")

    def __init__(self, limiter: Limiter, payer: Payer) -> None:
        self._limiter, self._payer = limiter, payer
        self._keys: list[str] = []

    async def __aenter__(self) -> None:
        person, token, limits, _ = self._payer
        kind, limit = "tokens", limits.tokens_per_minute
        try:
            await self._limiter.tokens.check(person, limit)
            kind, limit = "answers", limits.answers
            for key in (person, token) if token else (person,):
                await self._limiter.answers.enter(key, limit)
                self._keys.append(key)
        except LimitedError as error:
            self._leave()
            raise limited(kind, limit, error) from None
        payer.set(self._payer)

    async def __aexit__(self, *exc_info: object) -> None:
        self._leave()

    def _leave(self) -> None:
        for key in self._keys:
            self._limiter.answers.leave(key)


def limited(kind: str, limit: int, error: LimitedError) -> PortalError:
    """Return the error of the limit `kind`."""
    refused_by_limit.labels(kind).inc()
    seconds = max(math.ceil(error.wait), 1)
    sentence = Sentence(MESSAGES[kind], limit=limit, seconds=seconds)
    return PortalError("rate_limited", [sentence], retry_after=seconds)


limiter = Limiter()
