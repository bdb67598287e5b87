"""Frames of WebSockets, as few kinds as are needed."""

from __future__ import annotations


def text_frame(text: bytes) -> bytes:
    """Return a client's frame. Its mask is zeros, which is allowed and changes nothing."""
    size = len(text)
    head = bytes([0x81, 0x80 | size]) if size < 126 else b"\x81\xfe" + size.to_bytes(2, "big")
    return head + bytes(4) + text


def next_frame(data: bytes, start: int) -> tuple[int, int] | None:
    """Return where the payload of the frame at `start` begins and ends, if it is whole."""
    if len(data) < start + 2:
        return None
    size, first = data[start + 1], start + 2
    if size > 125:
        wide = 2 if size == 126 else 8
        if len(data) < first + wide:
            return None
        size, first = int.from_bytes(data[first : first + wide], "big"), first + wide
    return (first, first + size) if len(data) >= first + size else None
