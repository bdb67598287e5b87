"""
Answers that have ended while the database did not answer: kept until it takes them.

The text is in memory, so a crash loses what came after the last progress that was stored. Above
KEPT_ANSWER_BYTES no new question is taken; those under way may still end.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db import Error

from chat import conversations
from core.database.fair_threads import FairThreads
from core.database.outages import RETRY_SECONDS, is_outage
from core.errors import PortalError
from core.http.tasks import tasks

if TYPE_CHECKING:
    from uuid import UUID

    from chat.conversations import Begun, Record

logger = logging.getLogger(__name__)

threads = FairThreads(4, "chat-database", "the database of conversations")
_finish = threads.in_turn(conversations.finish)
_fail_lost = threads.in_turn(conversations.fail_lost)


class Ended(NamedTuple):
    """An answer that has ended, and is not stored."""

    conversation: str
    record: Record
    size: int  # bytes of text


class KeptAnswers:
    """The kept answers of this process, and the task that stores them."""

    def __init__(self) -> None:
        self.running: set[int] = set()  # answers that have begun, and are not stored
        self._ended: dict[int, Ended] = {}
        self._doubt_until = 0.0
        self._task: asyncio.Task[None] | None = None

    async def store(self, begun: Begun, record: Record) -> bool:
        """Store the end of an answer now, or keep it and return False."""
        try:
            await self._store(begun.answer, record)
        except Error as error:
            if not is_outage(error):
                self.running.discard(begun.answer)
                raise
            if not self._ended:
                logger.warning("Answers are kept until the database stores them: %s", error)
            size = len(record.content.encode()) + len(record.thoughts.encode())
            self._ended[begun.answer] = Ended(begun.conversation, record, size)
            self._start()
            return False
        return True

    async def make_room(self, conversation: UUID | None) -> None:
        """Store what is kept of `conversation`, which would otherwise look busy.

        Raises DatabaseError, and PortalError `overloaded` if too much is kept to take a question.
        """
        own = [
            number for number, one in self._ended.items() if one.conversation == str(conversation)
        ]
        for number in own:
            await self._store_kept(number)
        if sum(one.size for one in self._ended.values()) >= settings.KEPT_ANSWER_BYTES:
            message = "Too many answers wait for the portal's database. Try again."
            raise PortalError("overloaded", message, retry_after=RETRY_SECONDS)

    def doubt(self) -> None:
        """Look for questions that were stored after they had given up, for a while."""
        self._doubt_until = time.monotonic() + 4 * settings.DATABASE_TIMEOUT
        self._start()

    def _start(self) -> None:
        if self._task is None or self._task.done():
            # Tracked: a portal that stops gives the database DRAIN_SECONDS to come back.
            self._task = tasks.start(self._retry())

    async def _retry(self) -> None:
        in_doubt = True
        while self._ended or (in_doubt and not tasks.stopping):
            try:
                await asyncio.sleep(RETRY_SECONDS)
                for number in list(self._ended):
                    await self._store_kept(number)
                in_doubt = time.monotonic() < self._doubt_until
                await _fail_lost(set(self.running))
            except Error:
                in_doubt = True
            except asyncio.CancelledError:
                if self._ended:
                    logger.error("The portal stops; answers that are lost: %s", len(self._ended))
                raise

    async def _store_kept(self, number: int) -> None:
        if (ended := self._ended.get(number)) is None:
            return  # another task stored it
        try:
            await self._store(number, ended.record)
        except Error as error:
            if is_outage(error):
                raise
            logger.exception("An answer could not be stored")
            self.running.discard(number)
        self._ended.pop(number, None)

    async def _store(self, number: int, record: Record) -> None:
        await _finish(number, record)
        self.running.discard(number)


kept = KeptAnswers()
