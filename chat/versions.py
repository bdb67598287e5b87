"""
Versions of an answer, and conversations that begin with a part of another.

Each message knows its `parent`, the one before it: the versions of an answer have the same
question. One of them is shown; the others are `replaced`, with what followed them.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from chat import size
from chat.attachments.sending import copy_to, files_of
from chat.models import Conversation, Message, State
from core.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    Versions = Mapping[int, Sequence[int]]

BUSY = _("This conversation is being answered. Wait for that, or stop it.")
NOT_COPIED = {"id", "conversation", "parent", "reads", "stop_requested", "worker"}
COPIED = [field.name for field in Message._meta.concrete_fields if field.name not in NOT_COPIED]


def versions_of(messages: Iterable[Message]) -> Versions:
    """Return the answers to each question of the answers that are shown, oldest first."""
    answers = Message.objects.filter(parent__in=_questions(messages), role=Message.Role.ASSISTANT)
    versions: dict[int, list[int]] = defaultdict(list)
    for answer in answers.order_by("pk").only("parent"):
        versions[answer.parent_id or 0].append(answer.pk)
    return versions


def _questions(messages: Iterable[Message]) -> set[int]:
    shown = (m for m in messages if not m.replaced and m.role == Message.Role.ASSISTANT)
    return {m.parent_id for m in shown if m.parent_id}


def without_other_versions(messages: Sequence[Message]) -> Iterator[Message]:
    """Yield the messages without those that are reached as other versions of a shown answer."""
    questions, left_out = _questions(messages), set()
    for message in messages:
        is_version = message.role == Message.Role.ASSISTANT and message.parent_id in questions
        if message.replaced and (is_version or message.parent_id in left_out):
            left_out.add(message.pk)
        else:
            yield message


@transaction.atomic
def choose(answer: Message) -> None:
    """Show this version of an answer, with what followed it last. Raises PortalError `busy`."""
    messages = _lock(answer.conversation_id)
    path = _path_from(answer, messages)
    messages.filter(pk__gt=answer.parent_id or answer.pk).update(replaced=True)
    messages.filter(pk__in=path).update(replaced=False)
    Conversation.objects.filter(pk=answer.conversation_id).update(updated=timezone.now())


def _path_from(answer: Message, messages: QuerySet[Message]) -> list[int]:
    """Return the answer, and of what followed each message the newest."""
    later = messages.filter(pk__gt=answer.pk, parent__isnull=False)
    newest = dict(later.order_by("pk").values_list("parent", "pk"))
    path = [answer.pk]
    while (following := newest.get(path[-1])) is not None:
        path.append(following)
    return path


def _lock(conversation: UUID) -> QuerySet[Message]:
    """Return the messages of a conversation, in which nothing is answered meanwhile."""
    row = Conversation.objects.select_for_update().get(pk=conversation)
    if row.messages.filter(state=State.RUNNING).exists():
        raise PortalError("busy", BUSY)
    return Message.objects.filter(conversation=row)


@transaction.atomic
def fork(last: Message) -> Conversation:
    """Return a new conversation with the messages up to this one.

    Raises PortalError `busy`, and `payload_too_large`.
    """
    messages = _lock(last.conversation_id).filter(replaced=False, pk__lte=last.pk)
    size.check_length(size.stored(messages))
    begun = last.conversation
    conversation = Conversation.objects.create(
        user=begun.user,
        title=begun.title,
        local_only=begun.local_only,
        instructions=begun.instructions,
    )
    copies = [
        Message(conversation=conversation, **{name: getattr(m, name) for name in COPIED})
        for m in messages
    ]
    Message.objects.bulk_create(copies)
    for before, after in itertools.pairwise(copies):
        after.parent = before
    Message.objects.bulk_update(copies[1:], ["parent"], batch_size=100)
    _copy_files(messages, copies)
    return conversation


def _copy_files(messages: Iterable[Message], copies: Sequence[Message]) -> None:
    files = files_of(messages)
    for message, copy in zip(messages, copies, strict=True):
        copy_to(copy, files.get(message.pk, ()))
