"""
Decompression of bodies that servers compress although they were asked not to.

What comes out is limited by what went in: a kilobyte can hold a megabyte of zeros, and a body of
such kilobytes would fill the memory.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from registry.providers.reading import bad_response

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_RATIO = 100
FREE_BYTES = 1024 * 1024  # that may come out whatever the ratio
WINDOW_BITS = 47  # zlib or gzip, by the data's own header
STEP = 256 * 1024
ENCODINGS = ("gzip", "x-gzip", "deflate")


class Inflater:
    """Decompresses gzip or zlib data in pieces."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(WINDOW_BITS)
        self._taken = self._given = 0

    def feed(self, data: bytes) -> bytes:
        """Return what `data` decompresses to. Raises PortalError `provider_bad_response`."""
        self._taken += len(data)
        parts = []
        while data:
            try:
                part = self._inflater.decompress(data, STEP)
            except zlib.error:
                raise bad_response("it is compressed, and cannot be decompressed") from None
            self._given += len(part)
            if self._given > max(FREE_BYTES, MAX_RATIO * self._taken):
                raise bad_response("it decompresses to far more than it is")
            parts.append(part)
            data = self._inflater.unconsumed_tail
        return b"".join(parts)


def inflater(headers: Mapping[str, str]) -> Inflater | None:
    """Return an inflater if a body is compressed. Names of `headers` are in lower case.

    Raises PortalError `provider_bad_response` for an encoding that nothing here decompresses.
    """
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return None
    if encoding in ENCODINGS:
        return Inflater()
    raise bad_response("it is compressed, against the request")
