"""Messages as the page shows them: rendered, with notes and facts in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chat.attachments.shown import FileView, files
from chat.continuing import can_continue
from chat.models import WHOLE, Feedback, Message, State
from chat.pages.facts import facts, grouped
from chat.pages.failures import Failure, failure_of
from chat.pages.markdown import render
from chat.pages.reading import MAX_SHOWN
from chat.versions import versions_of, without_other_versions
from registry.model_id import parse_model_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.safestring import SafeString

    from registry.snapshot import Registry

CUT = {
    "length": _("The answer reached the model's length limit: it is not finished."),
    "content_filter": _("The provider's filter cut the answer short."),
    "refusal": _("The model declined to answer."),
}

GONE = {
    "left": _("You left, which ended the answer after {words}."),
    "away": _("No one came back in time, which ended the answer after {words}."),
    "signed_out": _("You signed out, which ended the answer after {words}."),
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
            return gettext("Thinking…") if self.running else gettext("Thoughts")
        seconds = max(round(message.thought_ms / 1000), 1)
        return gettext("Thought for {seconds} s").format(seconds=seconds)

    @property
    def note(self) -> str:
        """Return what went wrong, or an empty text."""
        message, words = self.message, words_of(self.message)
        error = self.failure.sentence if self.failure else ""
        match message.state:
            case State.RUNNING:
                return gettext("This answer is being written.")
            case State.STOPPED:
                return gettext("Stopped by you after {words}.").format(words=words)
            case State.INTERRUPTED if message.finish_reason in GONE:
                return GONE[message.finish_reason].format(words=words)
            case State.INTERRUPTED if message.finish_reason in CUT and not error:
                return str(CUT[message.finish_reason])
            case State.INTERRUPTED if message.finish_reason not in WHOLE and not error:
                reason = gettext("The model ended this early. Its reason: {reason}.")
                return reason.format(reason=message.finish_reason)
            case State.INTERRUPTED if error:
                broken = gettext("Broken off after {words}.").format(words=words)
                return f"{broken} {error}"
            case State.INTERRUPTED:
                return gettext("Connection lost after {words}.").format(words=words)
            case State.FAILED:
                return error
        return "" if message.content.strip() else gettext("The model said nothing.")

    @property
    def failure(self) -> Failure | None:
        return failure_of(self.message, self.title)

    @property
    def failed(self) -> bool:
        """Is there no text at all?"""
        return self.message.state == State.FAILED

    @property
    def facts(self) -> list[str]:
        return facts(self.message, gone=self.gone)

    @property
    def not_shown(self) -> str:
        """Say that there is more of the answer than the page shows."""
        total, shown = self.message.length, len(self.message.content)
        if total <= shown:
            return ""
        return gettext(
            "This answer has {total} characters. The first {shown} are shown: export the "
            "conversation to read all."
        ).format(total=grouped(total), shown=grouped(shown))

    @property
    def left_out(self) -> str:
        """Say which messages of the conversation the model did not get."""
        message = self.message
        if not message.dropped:
            return ""
        return ngettext(
            "The model got the last {count} message of {total}: more does not fit into its "
            "context.",
            "The model got the last {count} messages of {total}: more does not fit into its "
            "context.",
            message.sent,
        ).format(count=message.sent, total=message.sent + message.dropped)


def words_of(message: Message) -> str:
    """Return how many words an answer has. Those of a very long one are not all counted."""
    count = len(message.content[:MAX_SHOWN].split())
    words = ngettext("{count} word", "{count} words", count).format(count=count)
    if max(message.length, len(message.content)) > MAX_SHOWN:
        return gettext("over {words}").format(words=words)
    return words


def view(
    message: Message, registry: Registry, versions: Mapping[int, Sequence[int]] | None = None
) -> MessageView:
    """Return what the page shows of `message`. `versions` are the answers to each question."""
    if message.role == Message.Role.USER:
        return MessageView(message, gettext("You"))
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
