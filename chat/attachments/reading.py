"""
What a model reads of a file that was uploaded: its text, or that it is a picture.

Documents are read in a process of its own each. One person has one under way, and a worker few, as
each blocks the thread of its request.
"""

from __future__ import annotations

import base64
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from chat.attachments.decoding import decode
from chat.attachments.kinds import DOCX, OLD_OFFICE, PDF, TEXT, kind_of, refused
from core.errors import PortalError
from core.subprocesses import ask_once

logger = logging.getLogger(__name__)
MODULE = "chat.attachments.child"
MAX_SECONDS = 30.0  # with the start of the process
MAX_PROCESSES = 4
DOCUMENTS = (PDF, DOCX)


@dataclass(frozen=True, slots=True)
class Content:
    """A file that was read. A picture has no text. `note`: what its reader should know of it."""

    kind: str
    text: str = ""
    note: str = ""


class _Turns:
    """Who has a document read at the moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._people: set[int] = set()

    @contextmanager
    def of(self, person: int) -> Iterator[None]:
        """Raises PortalError `busy`, `overloaded`: the page tries again in a moment."""
        with self._lock:
            if person in self._people:
                raise PortalError("busy", "Another file of yours is being read.", retry_after=1)
            if len(self._people) >= MAX_PROCESSES:
                raise PortalError("overloaded", "Too many files are being read.", retry_after=1)
            self._people.add(person)
        try:
            yield
        finally:
            with self._lock:
                self._people.discard(person)


_turns = _Turns()


def read(name: str, data: bytes, person: int) -> Content:
    """Return what is in a file. It blocks its thread.

    Raises PortalError, which says what to do, and `busy` or `overloaded`.
    """
    if not data.strip():
        raise refused(name, "empty")
    kind = kind_of(data)
    if kind in DOCUMENTS:
        with _turns.of(person):
            return _document(name, kind, data)
    return _text(name, data) if kind == TEXT else Content(kind)


def _text(name: str, data: bytes) -> Content:
    decoded = decode(data)
    if decoded is None:
        raise refused(name, "old_office" if data.startswith(OLD_OFFICE) else "unknown")
    text = decoded.text.replace("\r\n", "\n")
    if len(text) > settings.MAX_CONVERSATION_CHARS:
        raise refused(name, "too_much")
    if not text.strip():
        raise refused(name, "empty")
    return Content(TEXT, text, decoded.note)


def _document(name: str, kind: str, data: bytes) -> Content:
    message = [kind, base64.b64encode(data).decode(), settings.MAX_CONVERSATION_CHARS]
    try:
        answer = json.loads(ask_once(MODULE, message, MAX_SECONDS))
    except OSError as error:  # also TimeoutError
        if isinstance(error, TimeoutError):
            raise refused(name, "too_much") from None
        logger.error("A process that reads a file cannot be started: %s", error)
        raise PortalError("overloaded", "No file can be read now.", retry_after=5) from None
    except (EOFError, ValueError):  # its limits ended it, or what it wrote is too long
        raise refused(name, "too_much") from None
    if "why" in answer:
        raise refused(name, answer["why"])
    return Content(kind, storable(answer["text"]), answer["note"])


def storable(text: str) -> str:
    """Return text without what databases refuse: NUL, and halves of characters."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
