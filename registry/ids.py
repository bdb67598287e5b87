"""
Model IDs: `provider:modelName`, split at the first colon.

`ollama:name:7b` is provider `ollama`, name `name:7b`; names may hold colons, slashes and dots,
as in `ollama:hf.co/org/x-GGUF:q4`.
"""

from __future__ import annotations

import difflib
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from registry.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Iterable

PROVIDER_PATTERN = r"[a-z][a-z0-9_-]{0,31}"
NAME_PATTERN = r"[!-~]{1,200}"
CAPABILITY_PATTERN = PROVIDER_PATTERN
_PROVIDER = re.compile(PROVIDER_PATTERN)
_NAME = re.compile(NAME_PATTERN)


class ModelID(NamedTuple):
    """The two halves of a model ID."""

    provider: str
    name: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.name}"


def is_provider(text: str) -> bool:
    return _PROVIDER.fullmatch(text) is not None


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


# What API keys look like: a vendor's prefix, or a long run of mixed letters and digits.
SECRET_LOOK = re.compile(
    r"(?:\b(?:sk|pk|rk|aim|hf|gsk|ghp|glpat|xox[a-z])[-_][\w-]{8,}|\bAKIA\w{12,}|\beyJ[\w-]{16,}"
    r"|(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{32,})"
)


def quote(text: str, limit: int = 40) -> str:
    """Return `text` in quotes for a message: printable, short, and never what may be a key."""
    if SECRET_LOOK.search(text):
        return "(a value that looks like a key)"
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return "'" + "".join(c if c.isprintable() else "�" for c in cut) + "'"


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the nearest of `known`, or an empty string."""
    # Comparing costs about 10 µs a word: names of another length, and those past a thousand,
    # are not worth a caller's wait.
    like = (word for word in known if abs(len(word) - len(text)) <= 2 + len(text) // 3)
    near = difflib.get_close_matches(text, list(islice(like, 1000)), n=1, cutoff=0.7)
    return f" Did you mean '{near[0]}'?" if near else ""
