"""
Model IDs, and words that go into messages.

An ID is `provider:modelName`, split at the first colon: `ollama:name:7b` is provider `ollama`, name
`name:7b`; names may hold colons, slashes and dots, as in `ollama:hf.co/org/x-GGUF:q4`.
"""

from __future__ import annotations

import difflib
import random
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from core.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Iterable

PROVIDER_PATTERN = r"[a-z][a-z0-9_-]{0,31}"  # capabilities are named alike
NAME_PATTERN = r"[!-~]{1,200}"
_PROVIDER = re.compile(PROVIDER_PATTERN)
_NAME = re.compile(NAME_PATTERN)
# What API keys look like: a vendor's prefix, a UUID, or a long run of letters and digits. Each
# branch is linear in the text's length: callers send what they like.
_KEYS = re.compile(
    r"\b(?:sk-|sk_|pk-|rk-|aim_|hf_|gsk_|ghp_|github_pat_|glpat-|xox[a-z]-|nvapi-|r8_|ya29\.|AIza|AKIA|eyJ)"
    r"[A-Za-z0-9_.-]{8,}"
    r"|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"
    r"|[A-Za-z0-9]{30,}"
)
_LONGEST = 300  # of what a message looks at


_random = random.Random()  # noqa: S311 — seeded by the system; unique is all that its numbers are


def new_id() -> str:
    """Return 24 hex digits that name a request or an answer. They are unique, not secret."""
    return f"{_random.getrandbits(96):024x}"  # without a call of the system, as `secrets` makes


class ModelID(NamedTuple):
    """The two halves of a model ID."""

    provider: str
    name: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.name}"


def is_provider(text: str) -> bool:
    return _PROVIDER.fullmatch(text) is not None


is_capability = is_provider


def is_model_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def parse_model_id(text: str) -> ModelID:
    """Return the provider and the name in `text`. Raises PortalError `model_not_found`."""
    provider, colon, name = text.partition(":")
    if colon and is_provider(provider) and is_model_name(name):
        return ModelID(provider, name)
    raise PortalError(
        "model_not_found",
        f"{quote(text)} is not a model ID. Write provider:name, as GET /v1/ai/models lists them.",
        param="model",
    )


def fold(name: str) -> str:
    """Return the name under which Ollama keeps `name`: it reads `x` as `x:latest`."""
    return name if ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"


def hide_keys(text: str) -> str:
    """Return `text` with everything that looks like a key replaced."""
    return _KEYS.sub(lambda found: "[hidden]" if _is_key(found[0]) else found[0], text)


def _is_key(text: str) -> bool:
    return any(c.isdigit() for c in text) and any(c.isalpha() for c in text)


def looks_like_key(text: str) -> bool:
    return hide_keys(text[:_LONGEST]) != text[:_LONGEST]


def quote(text: str, limit: int = 40) -> str:
    """Return `text` in quotes for a message: printable, short, and never what may be a key."""
    if looks_like_key(text):
        return "(a value that looks like a key)"
    return f"'{_short(text, limit)}'"


def listing(words: Iterable[str], most: int = 20) -> str:
    """Return `words` for a message: the first of them, short, and never what may be a key."""
    first = [hide_keys(_short(word, 80)) for word in islice(words, most + 1)]
    return ", ".join(first if len(first) <= most else [*first[:most], "…"]) or "none"


def _short(text: str, limit: int) -> str:
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(c if c.isprintable() else "�" for c in cut)


def nearest(text: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` that `text` is most like, if it is like one."""
    # A comparison costs about 20 µs: words of another length are not worth a caller's wait, nor
    # are those past some hundreds.
    like = (word for word in known if abs(len(word) - len(text)) <= 2 + len(text) // 3)
    return next(iter(difflib.get_close_matches(text, list(islice(like, 300)), 1, 0.7)), None)


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the nearest of `known`, or an empty string."""
    near = nearest(text, known)
    return f" Did you mean {quote(near, 80)}?" if near else ""


def did_you_mean_model(text: str, ids: Iterable[str]) -> str:
    """Return " Did you mean 'provider:x'?" for the nearest of `ids`, judged by the name alone.

    A common provider's name would make any two IDs look alike.
    """
    provider, colon, name = text.strip().partition(":")
    name = name if colon else provider
    by_name: dict[str, str] = {}
    for candidate in ids:
        owner, _, other = candidate.partition(":")
        if other == name or other.casefold() == name.casefold():
            return f" Did you mean {quote(candidate, 80)}?"
        if owner == provider or not colon:
            by_name.setdefault(other, candidate)
    near = nearest(name, by_name)
    return f" Did you mean {quote(by_name[near], 80)}?" if near else ""
