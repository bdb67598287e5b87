"""The counts of answers beside chat, in the words of OpenAI, Cohere, Jina and others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.providers.reading import token_count, usage

if TYPE_CHECKING:
    from registry.providers.wire import Body

PROMPT = ("prompt_tokens", "input_tokens", "total_tokens")
COMPLETION = ("completion_tokens", "output_tokens")


def tokens(counts: Any) -> Body | None:
    """Return OpenAI's `usage`, or None for counts of other things, such as seconds."""
    if not isinstance(counts, dict):
        return None
    return usage(_first(counts, PROMPT), _first(counts, COMPLETION))


def _first(counts: Body, names: tuple[str, ...]) -> Any:
    return next((counts[name] for name in names if token_count(counts.get(name)) is not None), None)
