"""Messages as the page shows them: rendered, with what is to be said about them in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chat.markdown import render
from chat.models import WHOLE, Message, State
from registry.model_id import parse_model_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.safestring import SafeString

    from registry.snapshot import Registry

WHY = {"override": "your choice", "primary": "the primary", "default": "the default"}
CUT = {
    "length": "The answer reached the model's length limit: it is not finished.",
    "content_filter": "The provider's filter cut the answer short.",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One message. `title` is its author; `gone` tells that its model has left the file."""

    message: Message
    title: str
    gone: bool = False

    @property
    def is_answer(self) -> bool:
        return self.message.role == Message.Role.ASSISTANT

    @property
    def running(self) -> bool:
        return self.message.state == State.RUNNING

    @property
    def html(self) -> SafeString:
        return render(self.message.content)

    @property
    def note(self) -> str:
        """Say what is not as it should be, or nothing."""
        message, words = self.message, count(self.message.words, "word")
        error: str = (message.error or {}).get("message", "")
        match message.state:
            case State.RUNNING:
                return "This answer is being written."
            case State.STOPPED:
                return f"Stopped by you after {words}."
            case State.INTERRUPTED if message.finish_reason == "left":
                return f"You left after {words}, which ended the answer."
            case State.INTERRUPTED if message.finish_reason in CUT and not error:
                return CUT[message.finish_reason]
            case State.INTERRUPTED if message.finish_reason not in WHOLE and not error:
                return (
                    f"The model ended this early, for a reason of its own: {message.finish_reason}."
                )
            case State.INTERRUPTED if error:
                return f"Broken off after {words}. {error}"
            case State.INTERRUPTED:
                return f"Connection lost after {words}."
            case State.FAILED:
                return error
        return "" if message.content.strip() else "The model said nothing."

    @property
    def facts(self) -> list[str]:
        """Tell who answered, why that one, how long it took and how much it was."""
        message = self.message
        resolution = message.resolution or {}
        why = WHY.get(resolution.get("resolved_by", ""), "")
        found = [f"{message.model} ({why})" if why else message.model]
        if self.gone:
            found.append("no longer listed")
        if resolution.get("deprecated"):
            instead = resolution.get("replacement")
            found.append(f"deprecated: use {instead}" if instead else "deprecated")
        if message.first_token_ms is not None:
            found.append(f"first word after {seconds(message.first_token_ms)}")
        if message.duration_ms is not None:
            found.append(f"{seconds(message.duration_ms)} in all")
        usage = message.usage or {}
        counts = [usage.get("prompt_tokens"), usage.get("completion_tokens")]
        if any(type(one) is int for one in counts):
            given, made = ("?" if one is None else one for one in counts)
            found.append(f"{given} tokens in, {made} out")
        return found

    @property
    def left_out(self) -> str:
        """Tell what of the conversation the model did not get."""
        message = self.message
        if not message.dropped:
            return ""
        total = message.sent + message.dropped
        return (
            f"The model was given the last {count(message.sent, 'message')} of {total}: "
            "more does not fit into its context."
        )


def count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.1f} s"


def show(message: Message, registry: Registry) -> Shown:
    if message.role == Message.Role.USER:
        return Shown(message, "You")
    model = registry.find(message.model)
    was_listed = bool((message.resolution or {}).get("registry"))
    title = model.title if model else _name(message.model)
    return Shown(message, title, gone=was_listed and model is None)


def _name(model_id: str) -> str:
    """Return the name in an ID that is not listed."""
    return parse_model_id(model_id)[1] if ":" in model_id else model_id


@dataclass(frozen=True, slots=True)
class Run:
    """Messages that follow each other; `replaced` ones are those that were edited or retried."""

    replaced: bool
    messages: list[Shown]


def runs(messages: Iterable[Message], registry: Registry) -> list[Run]:
    """Return the messages, with those that were replaced put together."""
    found: list[Run] = []
    for message in messages:
        if not found or found[-1].replaced != message.replaced:
            found.append(Run(message.replaced, []))
        found[-1].messages.append(show(message, registry))
    return found
