"""Requests on Daphne: what is kept of their bodies, and of connections that are half-closed."""

from __future__ import annotations

from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from django.conf import settings
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.python.failure import Failure
from zope.interface import alsoProvides  # type: ignore[import-untyped]  # the package has no types

from aimodels.serve import half_closed

MAX_UNKNOWN = 64 * 1024  # bytes of a body whose sender shows neither token nor session
CREDENTIALS = (b"authorization", b"x-api-key", b"api-key", b"cookie")


class PortalRequest(WebRequest):  # type: ignore[misc]  # the package has no types
    """Keeps no more of a body than the application may accept; the rest is read and dropped.

    What is kept of a body that is too large is one byte more than allowed, so that it is refused;
    one whose sender is unknown is refused by its length.
    Twisted does not parse its form: 25 MB would block every other request.
    """

    room = 0
    length = 0

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more, parsePOSTFormSubmission=False)

    def gotLength(self, length: int | None) -> None:
        super().gotLength(length)
        known = any(self.requestHeaders.hasHeader(name) for name in CREDENTIALS)
        largest = max(settings.MAX_UPLOAD_BYTES, settings.MAX_AUDIO_BYTES)
        self.room = largest + 1 if known else MAX_UNKNOWN

    def handleContentChunk(self, data: bytes) -> None:
        self.length += len(data)
        if self.room:
            super().handleContentChunk(data[: self.room])
            self.room -= min(len(data), self.room)

    def process(self) -> None:
        if not self.room:
            self.requestHeaders.setRawHeaders(b"content-length", [b"%d" % self.length])
        super().process()


class PortalFactory(HTTPFactory):  # type: ignore[misc]
    def buildProtocol(self, addr: Any) -> Any:
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = PortalRequest
        alsoProvides(protocol, IHalfCloseableProtocol)
        protocol.readConnectionLost = lambda: keep_for_response(protocol)
        protocol.writeConnectionLost = lambda: None
        return protocol


DONE: Any = Failure(ConnectionDone())  # type: ignore[no-untyped-call]


def keep_for_response(protocol: Any) -> None:
    """Keep a connection that its caller half-closed for the response to a whole request."""
    channel = protocol._channel
    if not channel._handlingRequest or not channel.requests:
        channel.transport.connectionLost(DONE)
        return
    if getattr(channel, "half_closed", False):
        return
    channel.half_closed, channel.persistent = True, False
    request, transport = channel.requests[0], channel.transport
    if not request.startedWriting:
        transport.write(half_closed.STATUS_LINE)
        write = channel.writeHeaders
        size = len(half_closed.STATUS_LINE)
        channel.writeHeaders = lambda version, *rest: write(version[size:], *rest)
    elif request.chunked:
        transport.write(half_closed.CHUNK_SIZE)
    half_closed.watch(
        transport.fileno,
        lambda: request.finished or not transport.connected,
        transport.abortConnection,
    )
