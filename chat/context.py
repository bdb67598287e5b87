"""
Selects the messages that are sent to a model: as many whole ones, newest first, as fit. Pure.

Only the model's server can count its tokens, so they are estimated: a token is about three bytes of
UTF-8, corrected by the count that the model last reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from core.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BYTES_A_TOKEN = 3
TOKENS_A_MESSAGE = 4  # beside its content
TOKENS_A_PICTURE = 1000  # models differ, by its size too
MAX_MODELS = 1000
MIN_FACTOR, MAX_FACTOR = 0.5, 2.0
MIN_TOKENS = 300  # to learn from: the template adds a large part of shorter requests


class Turn(NamedTuple):
    """A message; `pictures` are data: URLs, which go with its content."""

    role: str
    content: str
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """`messages` in OpenAI's form; `sent` and `dropped` count messages, before neighbours join.

    What a model reads before a conversation is a system message, which is not counted.
    """

    messages: list[dict[str, Any]]
    sent: int
    dropped: int
    estimate: int  # of its tokens, not corrected
    pictures: tuple[str, ...] = ()  # those that are in `messages`


def estimate(content: str) -> int:
    """Return the estimated tokens of a message with this content."""
    return -(-len(content.encode()) // BYTES_A_TOKEN) + TOKENS_A_MESSAGE


def _size(turn: Turn) -> int:
    return estimate(turn.content) + TOKENS_A_PICTURE * len(turn.pictures)


def cut(
    turns: Sequence[Turn], window: int | None, reserve: int = 0, factor: float | None = None
) -> Context:
    """Return the turns that fit into `window` tokens beside `reserve` for the answer.

    The last turn, a question, and system messages are always kept. `factor` corrects the estimate;
    None: the model has reported nothing yet. Without a window everything fits. Raises PortalError
    `context_length_exceeded` if even the question alone is too long by the lowest estimate.
    """
    sizes = [_size(turn) for turn in turns]
    keep = {i for i, turn in enumerate(turns) if turn.role == "system"} | {len(turns) - 1}
    least = sum(sizes[i] for i in keep)
    room = None if window is None else (window - reserve) / (factor or 1) - least
    needed = round(least * (factor or MIN_FACTOR))
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
    sent = sum(turns[i].role != "system" for i in kept)
    pictures = tuple(url for i in kept for url in turns[i].pictures)
    return Context(messages, sent, len(turns) - len(kept), sum(sizes[i] for i in kept), pictures)


def _from_a_question(kept: list[int], turns: Sequence[Turn]) -> list[int]:
    """Drop answers whose question was cut: many models require that a user speaks first."""
    first = next(i for i in kept if turns[i].role == "user")
    return [i for i in kept if i >= first or turns[i].role == "system"]


def _joined(turns: Iterable[Turn]) -> list[dict[str, Any]]:
    """Join neighbours of one role, such as two questions of which the first got no answer.

    Many models require that the roles alternate.
    """
    joined: list[Turn] = []
    for turn in turns:
        if joined and joined[-1].role == turn.role:
            before = joined.pop()
            content = f"{before.content}\n\n{turn.content}"
            turn = Turn(turn.role, content, before.pictures + turn.pictures)
        joined.append(turn)
    return [{"role": turn.role, "content": _content(turn)} for turn in joined]


def _content(turn: Turn) -> str | list[dict[str, Any]]:
    if not turn.pictures:
        return turn.content
    pictures = [{"type": "image_url", "image_url": {"url": url}} for url in turn.pictures]
    return [{"type": "text", "text": turn.content}, *pictures]


class Corrections:
    """Reported tokens / estimated tokens, for each model, when it last reported."""

    def __init__(self) -> None:
        self._factors: dict[str, float] = {}

    def of(self, model: str) -> float | None:
        return self._factors.get(model)

    def learn(self, model: str, estimated: int, reported: Any) -> None:
        """Store the factor of a report of `prompt_tokens`, unless the request was too short."""
        if type(reported) is int and reported > 0 and estimated >= MIN_TOKENS:
            if len(self._factors) >= MAX_MODELS:
                self._factors.clear()
            self._factors[model] = min(max(reported / estimated, MIN_FACTOR), MAX_FACTOR)


corrections = Corrections()
