"""The macs of one call's prompt and answer, as its request goes out and its answer comes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from registry.metering.macs import (
    ANSWER,
    LARGE,
    PROMPT,
    Later,
    begin,
    canonical,
    mac_of,
    made,
    then,
)
from registry.providers.framing import Characters
from registry.providers.openai.values import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from hmac import HMAC

    from registry.providers.events import Chunk

MAX_KEPT = 16 * 1024  # bytes, or characters, of a stream that are not hashed yet


class PromptMac:
    """The mac of a prompt, if its request goes out. One that `is_large` is read at once."""

    __slots__ = ("_begun", "_call", "_mac", "_prompt", "_sent")

    def __init__(
        self, begun: HMAC, call: bytes, prompt: Mapping[str, Any], *, is_large: bool = False
    ) -> None:
        self._begun, self._call, self._prompt = begun, call, prompt
        self._mac: Later = b""
        self._sent = False
        if is_large:
            self._make(LARGE + 1)

    def sends(self, size: int) -> None:
        """Note that a request of `size` bytes goes out, which has the prompt."""
        self._sent = True
        if self._prompt:
            self._make(size)

    def _make(self, size: int) -> None:
        self._mac = made(partial(_mac_of_prompt, self._begun, self._call, self._prompt), size)
        self._prompt = {}  # it may be large

    def then(self, use: Callable[[bytes], None]) -> None:
        then(self._mac if self._sent else b"", use)


def _mac_of_prompt(begun: HMAC, call: bytes, prompt: Mapping[str, Any]) -> bytes:
    return mac_of(begun, PROMPT, call, canonical(prompt))


class AnswerMac:
    """The mac of an answer's text: whole, or in pieces, of which MAX_KEPT are kept.

    `read` returns the text in the bytes of whole events; without it, chunks say what their text is.
    """

    __slots__ = ("_begun", "_call", "_characters", "_hash", "_mac", "_pieces", "_read", "_size")

    def __init__(
        self, begun: HMAC, call: bytes, read: Callable[[bytes], str] | None = None
    ) -> None:
        self._begun, self._call, self._read = begun, call, read
        self._characters = Characters() if read else None
        self._pieces: list[Any] = []
        self._size = 0
        self._hash: HMAC | None = None
        self._mac: Later = b""

    def answered(self, answer: Any) -> None:
        """Take a whole answer."""
        if text := text_in(answer):
            self._mac = made(
                lambda: mac_of(self._begun, ANSWER, self._call, _bytes(text)), len(text)
            )

    def add(self, chunk: Chunk) -> None:
        """Take a piece of a stream."""
        if piece := chunk.data if self._read else chunk.text:
            self._pieces.append(piece)
            self._size += len(piece)
            if self._size > MAX_KEPT:
                self._hash_pieces()

    def _hash_pieces(self) -> None:
        if self._hash is None:
            self._hash = begin(self._begun, ANSWER, self._call)
        self._hash.update(self._taken())

    def _taken(self) -> bytes:
        """Return the text of the pieces, and keep them no longer."""
        pieces, self._pieces, self._size = self._pieces, [], 0
        if self._read and self._characters and pieces:
            return _bytes(self._characters.take(self._read(b"".join(pieces))))
        return _bytes("".join(pieces))

    def then(self, use: Callable[[bytes], None]) -> None:
        if self._hash:
            self._hash_pieces()
            self._mac = self._hash.digest()
        elif self._pieces:
            self._mac = mac_of(self._begun, ANSWER, self._call, self._taken())
        then(self._mac, use)


def _bytes(text: str) -> bytes:
    return text.encode(errors="replace")


def text_in(answer: Any) -> str:
    """Return the text of a whole answer, or of its first choice."""
    if not isinstance(answer, dict):
        return getattr(answer, "text", "")
    choices = answer.get("choices") or [{}]
    message = choices[0].get("message") or {}
    return text_of(message.get("content"), message.get("refusal"))
