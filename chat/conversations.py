"""
Stores conversations: each function is one short transaction.

`begin` stores a question and its answer, still empty and `running`; `chat.progress` stores the text
so far, `finish` the end. `recover` ends the answers that a crash left running.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat import size
from chat.adjusting import adjusted, check_adjusted
from chat.attachments import sending
from chat.attachments.pictures import check_seen
from chat.context import Context, Turn, corrections, cut
from chat.continuing import PROMPT, cut_answer
from chat.instructions import Before, join, own_instructions
from chat.models import Attachment, Conversation, Feedback, Message, State
from chat.placing import conversation_of, interrupt, split
from core.auth.principals import look_up
from core.database.outages import AWAY
from registry.gateway import calls
from registry.gateway.marking import marked
from registry.state.service import service
from registry.workers.worker import worker

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from chat.frames import Ask
    from core.auth.credentials import Credentials
    from registry.entities import Resolution

logger = logging.getLogger(__name__)
RESERVED_TOKENS = 1024  # for an answer, or a quarter of a small window
MAX_THOUGHTS = 50_000  # characters of one answer's
TOKEN_OPTIONS = ("max_tokens", "max_completion_tokens", "num_predict")
LATE_SECONDS = 5.0  # after DATABASE_TIMEOUT: no question still waits for `begin`


@dataclass(frozen=True, slots=True)
class Begun:
    """A stored question, and the messages to send for it."""

    resolution: Resolution
    conversation: str
    question: int | None  # None if an answer goes on
    answer: int
    context: Context
    before: Before
    percent_full: int  # how much of its largest size the conversation has
    record: Record  # of an answer that goes on: what it has


@dataclass(slots=True)
class Record:
    """The state of an answer; its fields are those of `Message`."""

    parts: list[str] = field(default_factory=list)
    thought_parts: list[str] = field(default_factory=list)
    thought_ms: int | None = None
    state: State = State.RUNNING
    usage: dict[str, Any] | None = None
    finish_reason: str = ""
    error: dict[str, Any] | None = None
    first_token_ms: int | None = None
    duration_ms: int | None = None
    resolution: dict[str, Any] | None = None  # if the first attempt failed
    receipt: str | None = None
    unread: bool = False  # it ended by itself while no one read it

    @classmethod
    def of(cls, cut: Message) -> Record:
        """Return the record of an answer that goes on."""
        thoughts = [cut.thoughts] if cut.thoughts else []
        return cls([cut.content], thoughts, cut.thought_ms, first_token_ms=cut.first_token_ms)

    @property
    def content(self) -> str:
        return "".join(self.parts)

    @property
    def thoughts(self) -> str:
        """What is stored of the thoughts: of very long ones the beginning."""
        return "".join(self.thought_parts)[:MAX_THOUGHTS]


def begin(credentials: Credentials, ask: Ask) -> Begun:
    """Store the question of `ask` and an empty answer. Raises PortalError; then nothing is stored.

    The user is looked up again: anyone who has signed out meanwhile gets no answer.
    """
    principal = look_up(credentials)
    with transaction.atomic():
        conversation = conversation_of(principal.user, ask)
        conversation.local_only |= ask.local_only
        if ask.system is not None:
            conversation.instructions = ask.system.strip()
        kept, replaced = split(conversation, ask)
        cut = cut_answer(kept, ask.continue_of) if ask.continue_of else None
        question = _question(kept, ask, cut)
        chosen = sending.chosen(principal.user, ask) if question._state.adding else []
        if not conversation.title and chosen:
            conversation.title = chosen[0].name
        turns = _turns(kept, question, chosen)
        percent_full = size.check_length(sum(len(turn.content) for turn in turns))
        registry = service.current
        access = principal.access.limited(local_only=conversation.local_only)
        before = _before(principal.user, conversation, ask)
        access = marked(registry, access, [before.text, *(turn.content for turn in turns)])
        conversation.local_only |= bool(access.identifiers)
        resolution = calls.choose(registry, "chat", ask.model or "", access, fallback=ask.fallback)
        context = context_of(turns, resolution, before, adjusted(ask, resolution))
        check_adjusted(ask, resolution)
        check_seen(registry, resolution, access, context.pictures)
        conversation.updated = timezone.now()
        conversation.save()
        Message.objects.filter(pk__in=replaced).update(replaced=True)
        if question._state.adding and not cut:
            _store_question(question, conversation, kept, chosen)
        if ask.retry_of:
            Message.objects.filter(pk=ask.retry_of, parent=None).update(parent=question)
        answer = _begin_answer(question, resolution, context, cut, aside=bool(ask.beside))
        record = Record.of(cut) if cut else Record()
    key = str(conversation.pk)
    return Begun(resolution, key, question.pk, answer, context, before, percent_full, record)


def _before(user: Any, conversation: Conversation, ask: Ask) -> Before:
    own = own_instructions(user) if ask.instructions else ""
    return Before(join(own, conversation.instructions), with_models=ask.instructions)


def _turns(kept: list[Message], question: Message, chosen: sending.Files) -> list[Turn]:
    """Return the conversation as a model gets it. `chosen` are the files of a new question."""
    files = sending.files_of([*kept, question])
    before = [(m.role, m.content, files.get(m.pk, ())) for m in kept]
    last = chosen or files.get(question.pk, ())
    return sending.turns_of([*before, (question.role, question.content, last)])


def _question(kept: list[Message], ask: Ask, cut: Message | None) -> Message:
    """Return the question: the last of `kept`, which it leaves, or a new one."""
    if ask.retry_of or ask.beside:
        return kept.pop()
    return Message(role=Message.Role.USER, content=PROMPT if cut else ask.content)


def _store_question(
    question: Message, conversation: Conversation, kept: list[Message], files: list[Attachment]
) -> None:
    """Store a new question behind the messages that stay, with its files."""
    question.conversation = conversation
    question.parent = kept[-1] if kept else None
    question.save()
    sending.attach(question, files)


def _begin_answer(
    question: Message,
    resolution: Resolution,
    context: Context,
    cut: Message | None,
    *,
    aside: bool,
) -> int:
    """Store that an answer is under way: a new one, or the one that was cut. Return its number.

    One that is given beside others is no part of the conversation until its reader chooses it.
    """
    fields = {
        "state": State.RUNNING,
        "model": resolution.id,
        "resolution": resolution.as_dict(),
        "sent": context.sent,
        "dropped": context.dropped,
        "worker": worker.id,
    }
    if cut is None:
        fields |= {
            "conversation": question.conversation,
            "parent": question,
            "replaced": aside,
        }
        return int(Message.objects.create(role="assistant", **fields).pk)
    fields |= {
        "created": timezone.now(),
        "stop_requested": False,
        "finish_reason": "",
        "error": None,
    }
    Message.objects.filter(pk=cut.pk).update(**fields)
    Feedback.objects.filter(message=cut).update(shared=False)  # that was for what it had
    return int(cut.pk)


def context_of(
    turns: Iterable[Turn], resolution: Resolution, before: Before, chosen: dict[str, Any]
) -> Context:
    """Return what of a conversation fits into the model's window. Raises as `cut` does.

    `chosen` are the request's own fields, which win over the model's options.
    """
    turns = [turn for turn in (Turn("system", before.of(resolution)), *turns) if turn.content]
    window = resolution.model.ref.context_window if resolution.model else None
    options = {**(resolution.model.ref.options if resolution.model else {}), **chosen}
    limits = [options.get(name) for name in TOKEN_OPTIONS]
    limit = next((number for number in limits if type(number) is int and number > 0), None)
    reserve = min(limit or RESERVED_TOKENS, (window or 0) // (2 if limit else 4))
    return cut(turns, window, reserve, corrections.of(resolution.id))


@transaction.atomic
def finish(answer: int, record: Record) -> None:
    """Store how an answer ended, unless its conversation was deleted meanwhile."""
    last = record.resolution
    changed = {"model": last["id"], "resolution": last} if last else {}
    Message.objects.filter(pk=answer).update(
        **changed,
        content=record.content,
        thoughts=record.thoughts,
        thought_ms=record.thought_ms,
        state=record.state,
        usage=record.usage,
        finish_reason=record.finish_reason[:50],
        error=record.error,
        receipt=record.receipt,
        first_token_ms=record.first_token_ms,
        duration_ms=record.duration_ms,
    )
    unread = {"unread": True} if record.unread else {}
    Conversation.objects.filter(messages=answer).update(updated=timezone.now(), **unread)


def fail_lost(running: Collection[int]) -> None:
    """Mark this worker's answers that are not among `running` as failed.

    Their `begin` was committed after its question had given up: no one answers it.
    """
    oldest = timezone.now() - timedelta(seconds=settings.DATABASE_TIMEOUT + LATE_SECONDS)
    own = Message.objects.filter(state=State.RUNNING, worker=worker.id, created__lt=oldest)
    own.exclude(pk__in=running).update(
        state=State.FAILED, error={"code": "overloaded", "message": AWAY}
    )


def recover(gone: Callable[[str], bool]) -> None:
    """Mark the answers of workers that are `gone` as interrupted."""
    running = Message.objects.filter(state=State.RUNNING)
    workers = running.order_by().values_list("worker", flat=True).distinct()
    if lost := [name for name in workers if gone(name)]:
        count = interrupt(running.filter(worker__in=lost))
        answers = "1 answer was" if count == 1 else f"{count} answers were"
        logger.warning("%s interrupted when the worker ended", answers)
