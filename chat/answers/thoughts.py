"""
Splits what a model writes into its thoughts and its answer. Pure.

Providers with a field for thoughts send them apart. Others send `<think>…</think>` at the start of
the content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

OPENING, CLOSING = "<think>", "</think>"
MAX_BLANK = 100  # characters of white space before OPENING


class Split(NamedTuple):
    """A part of the content: one of both is often empty."""

    thought: str = ""
    text: str = ""


class ThinkTags:
    """Reads content piece by piece. A piece that may be a part of a tag is held."""

    def __init__(self) -> None:
        self._held = ""
        self._read: Callable[[ThinkTags], Split] | None = ThinkTags._start

    def split(self, content: str) -> Split:
        """Return what is known of `content` and what was held before it."""
        if self._read is None:
            return Split(text=content)
        self._held += content
        return self._read(self)

    def close(self) -> Split:
        """Return what is held: nothing follows."""
        held, inside = self._held, self._read is ThinkTags._inside
        self._held, self._read = "", None
        return Split(thought=held) if inside else Split(text=held)

    def _start(self) -> Split:
        begun = self._held.lstrip()
        if len(self._held) - len(begun) > MAX_BLANK:
            return self.close()
        if begun.startswith(OPENING):
            self._held, self._read = begun[len(OPENING) :], ThinkTags._before
            return self._before()
        return Split() if OPENING.startswith(begun) else self.close()

    def _before(self) -> Split:
        """Drop the white space before the thoughts."""
        self._held = self._held.lstrip()
        if not self._held:
            return Split()
        self._read = ThinkTags._inside
        return self._inside()

    def _inside(self) -> Split:
        thought, tag, after = self._held.partition(CLOSING)
        if tag:
            self._held, self._read = after, ThinkTags._after
            return Split(thought.rstrip(), self._after().text)
        self._held = self._unsure(thought)
        return Split(thought=thought.removesuffix(self._held) if self._held else thought)

    def _after(self) -> Split:
        """Drop the white space between the thoughts and the answer."""
        self._held = self._held.lstrip()
        return self.close() if self._held else Split()

    ends: ClassVar = tuple(CLOSING[:length] for length in range(len(CLOSING) - 1, 0, -1))

    def _unsure(self, thought: str) -> str:
        """Return the end of `thought` that may be the beginning of the tag."""
        return next((end for end in self.ends if thought.endswith(end)), "")
