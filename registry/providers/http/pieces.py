"""Bytes that are taken piece by piece, in linear time."""

from __future__ import annotations


class Pieces:
    __slots__ = ("_at", "_data")

    def __init__(self) -> None:
        self._data = b""
        self._at = 0

    def __bool__(self) -> bool:
        return bool(self._data)

    def first(self, data: bytes, size: int) -> bytes:
        """Return the first `size` bytes of `data`; `next` returns those that follow."""
        if len(data) <= size:
            return data
        self._data, self._at = data, size
        return data[:size]

    def next(self, size: int) -> bytes:
        """Return the next `size` bytes of what is left."""
        data = self._data[self._at : self._at + size]
        self._at += size
        if self._at >= len(self._data):
            self._data = b""
        return data
