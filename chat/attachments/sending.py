"""The files of a conversation's questions: stored with them, and read for the model."""

from __future__ import annotations

import base64
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from chat.attachments.kinds import KINDS, PICTURES
from chat.attachments.quota import check_room, lock
from chat.attachments.wording import worded
from chat.context import Turn
from chat.models import Attachment
from core.errors import PortalError, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from chat.frames import Ask
    from chat.models import Message

    Files = Sequence[Attachment]

PICTURE_FILES = 2  # as large as files may be: what all pictures of a conversation may have
PICTURES_FULL = _("The pictures of this conversation have over {limit} bytes. Start a new one.")
NOT_COPIED = {"id", "message", "created"}
COPIED = [field.name for field in Attachment._meta.concrete_fields if field.name not in NOT_COPIED]


def light(files: QuerySet[Attachment]) -> QuerySet[Attachment]:
    """Return files without their bytes, which may be many."""
    return files.defer("data")


def chosen(user: Any, ask: Ask) -> list[Attachment]:
    """Return the files of a new question: what was uploaded, and what the edited one had.

    Raises PortalError for any that is not this user's, or belongs elsewhere.
    """
    if ask.edit_of and ask.attachments is None:
        return list(light(Attachment.objects.filter(user=user, message=ask.edit_of)))
    usable = Q(message=None) | Q(message=ask.edit_of) if ask.edit_of else Q(message=None)
    return named(light(Attachment.objects.filter(usable, user=user)), ask.attachments or ())


def named(files: QuerySet[Attachment], keys: Sequence[UUID]) -> list[Attachment]:
    """Return those of `files` with these keys, in their order. Raises PortalError."""
    if not keys:
        return []
    by_key = files.in_bulk(keys)
    if by_key.keys() != set(keys):
        message = _("A file that was attached is gone. Remove it, and attach it again.")
        raise PortalError("invalid_request", message, param="attachments")
    return [by_key[key] for key in dict.fromkeys(keys)]


def attach(question: Message, files: Iterable[Attachment]) -> None:
    """Store files with a question. Those of another message are copied: it keeps its own."""
    for place, file in enumerate(files):
        if file.message_id is not None:
            copy_to(question, [file], place)
            continue
        unsent = Attachment.objects.filter(pk=file.pk, message=None)
        if not unsent.update(message=question, place=place, unsent_since=None):
            message = _("A file that was attached was sent meanwhile. Attach it again.")
            raise PortalError("invalid_request", message, param="attachments")


def copy_to(question: Message, files: Iterable[Attachment], start: int = 0) -> None:
    """Store copies of files with a question, in a transaction. Raises `payload_too_large`."""
    for place, file in enumerate(files, start):
        lock(file.user_id)
        check_room(file.user_id, file.stored)
        fields = {name: getattr(file, name) for name in COPIED}
        Attachment.objects.create(**{**fields, "message": question, "place": place})


def files_of(messages: Iterable[Message]) -> Mapping[int, Files]:
    """Return the files of messages, by the messages' keys."""
    files: dict[int, list[Attachment]] = defaultdict(list)
    keys = [message.pk for message in messages if message.role == "user"]
    for file in light(Attachment.objects.filter(message__in=keys)) if keys else ():
        files[file.message_id or 0].append(file)
    return files


def turns_of(messages: Sequence[tuple[str, str, Files]]) -> list[Turn]:
    """Return messages as a model gets them: role, content, files.

    Raises PortalError `payload_too_large` if all pictures are too large.
    """
    _check_pictures(file for _, _, files in messages for file in files)
    return [
        Turn(role, worded(content, files) if files else content, tuple(_pictures(files)))
        for role, content, files in messages
    ]


def _pictures(files: Files) -> Iterable[str]:
    for file in files:
        if file.kind in PICTURES:
            data = base64.b64encode(file.data).decode()
            yield f"data:{KINDS[file.kind].media};base64,{data}"


def _check_pictures(files: Iterable[Attachment]) -> None:
    limit = PICTURE_FILES * settings.MAX_ATTACHMENT_BYTES
    if sum(file.size for file in files if file.kind in PICTURES) > limit:
        sentences = [Sentence(PICTURES_FULL, limit=limit)]
        raise PortalError("payload_too_large", sentences, param="attachments")
