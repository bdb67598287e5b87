"""
What of a conversation is sent to a model: as many whole messages, newest first, as fit. Pure.

Nobody but the model's own server knows its tokens, so they are estimated: a token is three bytes
of UTF-8 or so, corrected by what the model last reported for what it was sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Sequence

BYTES_A_TOKEN = 3
OVERHEAD = 4  # tokens around each message
MAX_MODELS = 1000
CLAMP = (0.5, 2.0)
ENOUGH = 300  # tokens: of short requests much is what the model's template adds

Turn = tuple[str, str]  # role, content


@dataclass(frozen=True, slots=True)
class Context:
    """`messages` as OpenAI's API takes them; how many were sent, and how many did not fit."""

    messages: list[dict[str, Any]]
    sent: int
    dropped: int
    estimate: int  # of its tokens, without any correction


def estimate(content: str) -> int:
    """Return about how many tokens a message of this content is."""
    return -(-len(content.encode()) // BYTES_A_TOKEN) + OVERHEAD


def cut(
    turns: Sequence[Turn], window: int | None, reserve: int = 0, factor: float | None = None
) -> Context:
    """Return what of `turns` fits into `window` tokens beside `reserve` for the answer.

    The last turn, a question, and system messages are always kept. `factor` corrects the estimate;
    None tells that nothing is known of the model yet. Without a window everything fits. Raises
    PortalError `context_length_exceeded` if not even the question does, for all that is known.
    """
    sizes = [estimate(content) for _, content in turns]
    keep = {i for i, (role, _) in enumerate(turns) if role == "system"} | {len(turns) - 1}
    least = sum(sizes[i] for i in keep)
    room = None if window is None else (window - reserve) / (factor or 1) - least
    needed = round(least * (factor or CLAMP[0]))
    if window is not None and needed > window - reserve:
        raise PortalError(
            "context_length_exceeded",
            f"This is too long for the model: about {needed} tokens, of {window} that it takes, "
            f"{reserve} of them for its answer. Shorten it, or choose a model that takes more.",
            param="content",
        )
    for i in reversed(range(len(turns) - 1)):
        if i in keep:
            continue
        if room is not None and (room := room - sizes[i]) < 0:
            break
        keep.add(i)
    kept = _from_a_question([i for i in range(len(turns)) if i in keep], turns)
    messages = _joined([turns[i] for i in kept])
    return Context(messages, len(kept), len(turns) - len(kept), sum(sizes[i] for i in kept))


def _from_a_question(kept: list[int], turns: Sequence[Turn]) -> list[int]:
    """Leave out answers whose question was cut: many models insist that a user speaks first."""
    first = next(i for i in kept if turns[i][0] == "user")
    return [i for i in kept if i >= first or turns[i][0] == "system"]


def _joined(turns: list[Turn]) -> list[dict[str, Any]]:
    """Join neighbours of one role, such as two questions of which the first got no answer.

    Many models insist that the roles alternate.
    """
    messages: list[dict[str, Any]] = []
    for role, content in turns:
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] += "\n\n" + content
        else:
            messages.append({"role": role, "content": content})
    return messages


class Corrections:
    """By how much the estimate was wrong, for each model, when it last reported."""

    def __init__(self) -> None:
        self._factors: dict[str, float] = {}

    def of(self, model: str) -> float | None:
        return self._factors.get(model)

    def learn(self, model: str, estimated: int, reported: Any) -> None:
        """Take note of a report of `prompt_tokens`, if it is one that tells something."""
        if type(reported) is int and reported > 0 and estimated >= ENOUGH:
            if len(self._factors) >= MAX_MODELS:
                self._factors.clear()
            self._factors[model] = min(max(reported / estimated, CLAMP[0]), CLAMP[1])


corrections = Corrections()
