"""
A call to a provider while it is metered: a row of the ledger, from its request to its end.

It is a context manager around an attempt. What is raised inside says how the call ended: a
PortalError is a failure; a cancellation, or a reader that closes the stream, is what `call.why`
says, or a caller who left.
"""

from __future__ import annotations

import random
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, Self

from core.errors import PortalError
from core.limits.limiter import limiter
from core.limits.payer import payer
from registry import usage
from registry.metering.book import book
from registry.metering.estimate import estimate, expect, learn
from registry.metering.keys import begun
from registry.metering.macs import USE
from registry.metering.parameters import (
    NO_PARAMETERS,
    fingerprint_in,
    fingerprint_of,
    model_in,
    model_of,
)
from registry.metering.records import Begun, Ended
from registry.metering.texts import AnswerMac, PromptMac
from registry.metering.tokens import Tokens, tokens_of
from registry.providers.events import Chunk, Done, Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.http.call import Call
    from registry.metering.parameters import Parameters
    from registry.metering.records import Chosen
    from registry.providers.events import Event

LEFT, OK, FAILED = "left", "ok", "failed"
REFUSED = "budget_exceeded"  # no call: no provider is asked
_random = random.Random()  # noqa: S311 — not for secrets: the keys only have to be unique


class Reserved(Protocol):
    """What a call has taken of budgets."""

    def settle(self, tokens: Tokens, outcome: str, images: int = 0) -> None: ...


class Metered:
    """Counts what a call uses. `sends`: its request goes out; `first_byte`: its answer begins.

    `reserved`, if it is set, is what the call has taken of budgets: it is settled at the end.
    `images` is how many the caller asks for. `written`: there was a connection for the request.
    `prompt` is what the model reads (`macs.prompt_of`), which is not kept; if it `is_large`, not
    until the request goes out. `read`: as in AnswerMac.
    """

    __slots__ = (
        "_answer", "_began", "_call", "_chosen", "_code", "_done", "_fingerprint", "_first",
        "_hides_cache", "_images", "_limit", "_parameters", "_prompt", "_reported", "_sent",
        "_usage", "images", "key", "pieces", "reserved", "written",
    )  # fmt: skip

    def __init__(
        self,
        chosen: Chosen,
        call: Call,
        limit: int | None,
        *,
        hides_cache: bool = False,
        parameters: Parameters = NO_PARAMETERS,
        images: int = 0,
        prompt: Mapping[str, Any] = NO_PARAMETERS,
        is_large: bool = False,
        read: Callable[[bytes], str] | None = None,
    ) -> None:
        now = time.time()
        self.key = (int(now * 1000) << 80 | _random.getrandbits(80)).to_bytes(16)
        self.reserved: Reserved | None = None
        self.pieces = 0  # of a stream: about as many as tokens
        self._began = time.perf_counter()
        self._call, self._chosen, self._limit = call, chosen, limit
        self._hides_cache = hides_cache  # of prompts: it would show what others asked
        self._parameters = parameters
        self.images, self.written = images, False
        self._images = 0  # that were made
        mac = begun(USE)
        self._prompt = PromptMac(mac, self.key, prompt, is_large=is_large)
        self._answer = AnswerMac(mac, self.key, read)
        self._fingerprint = self._reported = ""
        self._first = self._began
        self._sent = -1  # nothing yet
        self._usage: Any = None
        self._code, self._done = "", False

    def __enter__(self) -> Self:
        self._call.metered = self
        return self

    @property
    def chosen(self) -> Chosen:
        return self._chosen

    def expected(self, size: int) -> Tokens:
        """Return what a request of `size` bytes may use."""
        return expect(self._chosen.model, size, self._limit)

    def sends(self, size: int) -> None:
        """Note that a request of `size` bytes goes out."""
        self._sent = size
        self._call.receipt = self.key
        self._began = time.perf_counter()
        self._write_begun()
        self._prompt.sends(size)

    def _write_begun(self) -> None:
        chosen, who, call = self._chosen, payer.get(), self._call
        person, token, groups = (who.person, who.token, who.groups) if who else ("", "", ())
        sent = max(self._sent, 0)
        book.write(
            Begun(
                self.key, time.time_ns() // 1000, call.id, person, token,
                None if groups is None else tuple(groups), call.door, sent,
                self.expected(sent), chosen, self._parameters, call.trace, self.images,
            )
        )  # fmt: skip

    def first_byte(self) -> None:
        self._first = time.perf_counter()

    def note(self, events: list[Event]) -> None:
        """Count a batch of a streamed answer."""
        for event in events:
            if isinstance(event, Chunk):
                if not self.pieces:
                    self._fingerprint = fingerprint_in(event.data)
                    self._reported = model_in(event.data)
                self._answer.add(event)
                self._images += event.images
                self.pieces += event.data.count(b"\n\n") or 1  # one chunk may have several
                if event.usage:
                    self._usage = event.usage  # some servers repeat it, growing
            elif isinstance(event, Done):
                self._done = True
            elif isinstance(event, Failure):
                self._code = event.error.code

    def answered(self, answer: Any) -> None:
        """Count a whole answer."""
        if isinstance(answer, dict):
            self._usage = answer.get("usage")
            self._fingerprint = fingerprint_of(answer)
        else:
            self._usage = answer.usage
            self._images = getattr(answer, "images", 0)
        self._reported = model_of(answer)
        self._answer.answered(answer)
        self._done = True

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._call.metered = None
        if isinstance(error, PortalError):
            self._end(FAILED, error.code)
        elif self._code:
            self._end(FAILED, self._code)
        elif self._done:
            self._end(OK)
        else:
            self._end(self._call.why or LEFT)

    def _end(self, outcome: str, code: str = "") -> None:
        now, why = time.perf_counter(), ""
        if self._sent < 0:
            if code == REFUSED:
                return
            self._write_begun()
        tokens = tokens_of(self._usage)
        self._count(tokens)
        if tokens is None:
            sent = self._sent if self.written else -1
            tokens, why = estimate(outcome, code, sent, self.pieces)
        elif self._hides_cache:
            tokens = tokens._replace(cached=0, written=0)
        if self.reserved:
            self.reserved.settle(tokens, outcome, self._images)
        first = self._first if self._first > self._began else now
        ended = partial(
            Ended, self.key, outcome, code, round((now - self._began) * 1e6),
            round((first - self._began) * 1e6), tokens, why, self._images, 0,
            self._fingerprint, reported=self._reported,
        )  # fmt: skip
        self._prompt.then(
            lambda prompt: self._answer.then(
                lambda answer: book.write(ended(prompt=prompt, answer=answer))
            )
        )

    def _count(self, tokens: Tokens | None) -> None:
        """Add what the provider counted to its counters, and to the caller's limit."""
        if tokens is None:
            limiter.charge(self.pieces)
            return
        usage.count_tokens(self._chosen.provider, tokens.input, tokens.output)
        learn(self._chosen.model, tokens.output)
        limiter.charge(tokens.input + tokens.output)
