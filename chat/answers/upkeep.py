"""
What happens beside an answer while it is written, each second and in a task of its own: so a slow
database delays no text.

The text so far is stored. Others may stop the answer, on any worker, or delete it. Without a reader
it goes on for AWAY_SECONDS, as long as the person who asked is signed in.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import Error

from chat import progress
from chat.answers.answer import AWAY, DELETED, SIGNED_OUT, STOPPED
from chat.answers.kept import threads
from core.auth.principals import look_up
from core.errors import PortalError

if TYPE_CHECKING:
    from chat.answers.text import TextAnswer
    from chat.conversations import Record

logger = logging.getLogger(__name__)
INTERVAL_SECONDS = 1.0
PROGRESS_SECONDS = 3.0  # of an answer that a crash may lose, if no one follows it
FOLLOWED_SECONDS = 5.0  # since the last read that counted

_requests_of = threads.in_turn(progress.requests_of)
_store_progress = threads.in_turn(progress.store_progress)
_look_up = threads.in_turn(look_up)


class Upkeep:
    """Looks after the answer with this number until it ends. `record` is what it has so far."""

    def __init__(self, answer: TextAnswer, number: int, record: Record) -> None:
        now = time.monotonic()
        self._answer = answer
        self._number = number
        self._record = record
        self._reads = 0
        self._read_at = -FOLLOWED_SECONDS
        self._attended_at = now
        self._stored, self._stored_at = 0, now
        self._checked_at = now
        self._warned = False

    @property
    def followed(self) -> bool:
        """Is someone reading what is stored?"""
        return time.monotonic() - self._read_at < FOLLOWED_SECONDS

    async def run(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL_SECONDS)
            self._check_away()
            try:
                await self._obey()
                await self._store()
                await self._check_signed_in()
            except Error as error:
                if not self._warned:
                    logger.warning("A part of an answer could not be stored yet: %s", error)
                self._warned = True

    def _check_away(self) -> None:
        if self._answer.attended or self.followed:
            self._attended_at = time.monotonic()
        elif time.monotonic() - self._attended_at > settings.AWAY_SECONDS:
            self._answer.end(AWAY)

    async def _obey(self) -> None:
        """Do what others have asked for."""
        requests = await _requests_of(self._number)
        if requests is None:
            self._answer.end(DELETED)
        elif requests.stop:
            self._answer.end(STOPPED)
        elif requests.reads != self._reads:
            self._reads, self._read_at = requests.reads, time.monotonic()

    async def _store(self) -> None:
        """Store the text so far: each second for those who follow, else at a lower rate."""
        record, now = self._record, time.monotonic()
        count = len(record.parts) + len(record.thought_parts)
        due = self.followed or now - self._stored_at >= PROGRESS_SECONDS
        if count > self._stored and due:
            await _store_progress(self._number, record)
            self._stored, self._stored_at = count, now

    async def _check_signed_in(self) -> None:
        """End an answer without a reader if its person has signed out, or the token was revoked."""
        now = time.monotonic()
        if self._answer.attended or now - self._checked_at < settings.AUTH_CACHE_SECONDS:
            return
        self._checked_at = now
        try:
            await _look_up(replace(self._answer.credentials, used=False))
        except PortalError:
            self._answer.end(SIGNED_OUT)
