"""Text for messages: quoted, shortened, without keys, and with "did you mean"."""

from __future__ import annotations

import difflib
import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# API keys: a vendor's prefix, a UUID, or a long run of letters and digits. Each branch takes time
# linear in the length of the text, which callers choose.
_KEYS = re.compile(
    r"\b(?:sk-|sk_|pk-|rk-|aim_|hf_|gsk_|ghp_|github_pat_|glpat-|xox[a-z]-|nvapi-|r8_|ya29\.|AIza|AKIA|eyJ)"
    r"[A-Za-z0-9_.-]{8,}"
    r"|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"
    r"|[A-Za-z0-9]{30,}"
)
MAX_EXAMINED = 300  # characters of a text in a message


def gettext_noop(text: str) -> str:
    """Mark a text for `make messages`, as Django's does, where Django must not be imported."""
    return text


def hide_keys(text: str) -> str:
    """Return `text` with everything that looks like a key replaced."""
    return _KEYS.sub(lambda match: "[hidden]" if _is_key(match[0]) else match[0], text)


def _is_key(text: str) -> bool:
    return any(c.isdigit() for c in text) and any(c.isalpha() for c in text)


def looks_like_key(text: str) -> bool:
    return hide_keys(text[:MAX_EXAMINED]) != text[:MAX_EXAMINED]


def quote(text: str, limit: int = 40) -> str:
    """Return `text` in quotes for a message: printable, short, and never a key."""
    if looks_like_key(text):
        return "(a value that looks like a key)"
    return f"'{_short(text, limit)}'"


def listing(words: Iterable[str], limit: int = 20) -> str:
    """Return the first `limit` of `words` for a message, each short, and never a key."""
    first = [hide_keys(_short(word, 80)) for word in islice(words, limit + 1)]
    return ", ".join(first if len(first) <= limit else [*first[:limit], "…"]) or "none"


def _short(text: str, limit: int) -> str:
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(c if c.isprintable() else "�" for c in cut)


def nearest(text: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` that is most similar to `text`, or None."""
    # A comparison costs about 20 µs: skip words of another length, and stop after some hundreds.
    candidates = (word for word in known if abs(len(word) - len(text)) <= 2 + len(text) // 3)
    return next(iter(difflib.get_close_matches(text, list(islice(candidates, 300)), 1, 0.7)), None)


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the nearest of `known`, or an empty string."""
    near = nearest(text, known)
    return f" Did you mean {quote(near, 80)}?" if near else ""


def table(rows: list[list[str]]) -> str:
    """Return rows as text for a terminal, its columns aligned."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join(lines)
