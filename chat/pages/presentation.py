"""Messages as the page shows them: rendered, with notes and facts in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chat.attachments.shown import FileView, files
from chat.continuing import can_continue
from chat.models import WHOLE, Feedback, Message, State
from chat.pages.failures import Failure, failure_of
from chat.pages.markdown import render
from chat.pages.reading import MAX_SHOWN
from chat.versions import versions_of, without_other_versions
from registry.model_id import parse_model_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.safestring import SafeString

    from registry.snapshot import Registry

WHY = {"override": "your choice", "primary": "the primary", "default": "the default"}
CUT = {
    "length": "The answer reached the model's length limit: it is not finished.",
    "content_filter": "The provider's filter cut the answer short.",
    "refusal": "The model declined to answer.",
}

GONE = {
    "left": "You left",
    "away": "No one came back in time",
    "signed_out": "You signed out",
}


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message. `title` is its author; `gone` means that models.yaml lacks its model now."""

    message: Message
    title: str
    gone: bool = False
    offers: tuple[tuple[str, str], ...] = ()  # models to ask instead of one that failed: ID, title
    versions: Sequence[int] = ()  # of this answer, with itself, oldest first

    @property
    def is_answer(self) -> bool:
        return self.message.role == Message.Role.ASSISTANT

    @property
    def can_be_judged(self) -> bool:
        """Is it an answer that has ended, and is stored?"""
        return self.is_answer and not self.running and self.message.conversation_id is not None

    @property
    def feedback(self) -> Feedback | None:
        """What its reader has said of an answer that can be judged."""
        return getattr(self.message, "feedback", None)

    @property
    def running(self) -> bool:
        return self.message.state == State.RUNNING

    @property
    def version(self) -> int:
        """Return the number of this version, from 1."""
        return self.versions.index(self.message.pk) + 1

    @property
    def neighbours(self) -> tuple[int | None, int | None]:
        """Return the versions before and after this one."""
        around = [None, *self.versions, None]
        return around[self.version - 1], around[self.version + 1]

    @property
    def can_continue(self) -> bool:
        return can_continue(self.message)

    @property
    def files(self) -> list[FileView]:
        return files(self.message)

    @property
    def html(self) -> SafeString:
        return render(self.message.content)

    @property
    def thought(self) -> str:
        """Return the title of the model's thoughts."""
        message = self.message
        if message.thought_ms is None:
            return "Thinking…" if self.running else "Thoughts"
        return f"Thought for {max(round(message.thought_ms / 1000), 1)} s"

    @property
    def note(self) -> str:
        """Return what went wrong, or an empty text."""
        message, words = self.message, words_of(self.message)
        error = self.failure.sentence if self.failure else ""
        match message.state:
            case State.RUNNING:
                return "This answer is being written."
            case State.STOPPED:
                return f"Stopped by you after {words}."
            case State.INTERRUPTED if message.finish_reason in GONE:
                return f"{GONE[message.finish_reason]}, which ended the answer after {words}."
            case State.INTERRUPTED if message.finish_reason in CUT and not error:
                return CUT[message.finish_reason]
            case State.INTERRUPTED if message.finish_reason not in WHOLE and not error:
                return f"The model ended this early. Its reason: {message.finish_reason}."
            case State.INTERRUPTED if error:
                return f"Broken off after {words}. {error}"
            case State.INTERRUPTED:
                return f"Connection lost after {words}."
            case State.FAILED:
                return error
        return "" if message.content.strip() else "The model said nothing."

    @property
    def failure(self) -> Failure | None:
        return failure_of(self.message, self.title)

    @property
    def failed(self) -> bool:
        """Is there no text at all?"""
        return self.message.state == State.FAILED

    @property
    def facts(self) -> list[str]:
        """Return the model, why it was used, its times and its tokens."""
        message = self.message
        resolution = message.resolution or {}
        why = WHY.get(resolution.get("resolved_by", ""), "")
        if asked := resolution.get("asked"):
            why = f"instead of {asked}: {resolution.get('because')}"
        facts = [f"{message.model} ({why})" if why else message.model]
        if server := resolution.get("server"):
            facts.append(f"on {server}")
        if self.gone:
            facts.append("no longer listed")
        if resolution.get("deprecated"):
            replacement = resolution.get("replacement")
            facts.append(f"deprecated: use {replacement}" if replacement else "deprecated")
        if message.first_token_ms is not None:
            facts.append(f"first word after {seconds(message.first_token_ms)}")
        if message.duration_ms is not None:
            facts.append(f"{seconds(message.duration_ms)} in all")
        usage = message.usage or {}
        counts = [usage.get("prompt_tokens"), usage.get("completion_tokens")]
        if any(type(tokens) is int for tokens in counts):
            prompt, completion = ("?" if tokens is None else tokens for tokens in counts)
            facts.append(f"{prompt} tokens in, {completion} out")
        return facts

    @property
    def not_shown(self) -> str:
        """Say that there is more of the answer than the page shows."""
        total, shown = self.message.length, len(self.message.content)
        if total <= shown:
            return ""
        return (
            f"This answer has {total:,} characters. The first {shown:,} are shown: export the "
            "conversation to read all."
        )

    @property
    def left_out(self) -> str:
        """Say which messages of the conversation the model did not get."""
        message = self.message
        if not message.dropped:
            return ""
        total = message.sent + message.dropped
        return (
            f"The model got the last {count(message.sent, 'message')} of {total}: "
            "more does not fit into its context."
        )


def words_of(message: Message) -> str:
    """Return how many words an answer has. Those of a very long one are not all counted."""
    words = count(len(message.content[:MAX_SHOWN].split()), "word")
    return f"over {words}" if max(message.length, len(message.content)) > MAX_SHOWN else words


def count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.1f} s"


def view(
    message: Message, registry: Registry, versions: Mapping[int, Sequence[int]] | None = None
) -> MessageView:
    """Return what the page shows of `message`. `versions` are the answers to each question."""
    if message.role == Message.Role.USER:
        return MessageView(message, "You")
    model = registry.find(message.model)
    was_listed = bool((message.resolution or {}).get("registry"))
    return MessageView(
        message,
        title=model.title if model else _name(message.model),
        gone=was_listed and model is None,
        offers=_offers(message, registry),
        versions=() if message.replaced else (versions or {}).get(message.parent_id or 0, ()),
    )


def _offers(message: Message, registry: Registry) -> tuple[tuple[str, str], ...]:
    """Return the models that may answer instead, if the one that was named did not."""
    names = (message.error or {}).get("fallbacks") or ()
    models = [registry.find(name) for name in names if message.state == State.FAILED]
    return tuple((model.id, model.title) for model in models if model)


def _name(model_id: str) -> str:
    """Return the name in an ID that is not listed."""
    return parse_model_id(model_id)[1] if ":" in model_id else model_id


@dataclass(frozen=True, slots=True)
class Run:
    """Messages that follow each other; `replaced` ones are those that were edited or retried."""

    replaced: bool
    messages: list[MessageView]


def runs(messages: Sequence[Message], registry: Registry) -> list[Run]:
    """Group neighbours that were replaced, and those that were not."""
    groups: list[Run] = []
    versions = versions_of(messages)
    for message in without_other_versions(messages):
        if not groups or groups[-1].replaced != message.replaced:
            groups.append(Run(message.replaced, []))
        groups[-1].messages.append(view(message, registry, versions))
    return groups
