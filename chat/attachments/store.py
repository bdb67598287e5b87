"""Files that were uploaded and not sent yet: kept, and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_noop as _

from chat.attachments.naming import clean
from chat.attachments.quota import check_room, lock
from chat.attachments.reading import read
from chat.context import TOKENS_A_PICTURE, estimate
from chat.models import Attachment
from core.errors import PortalError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.contrib.auth.models import User

MAX_UNSENT = 100  # of one person
UNSENT = _("You have {count} files that were not sent. Remove some of them.")
LARGE = _("“{name}” has {size}; a file may have {limit}. Attach a part of it.")


def keep(user: User, name: str, data: bytes, *, pasted: bool = False) -> Attachment:
    """Read a file and store it. It blocks its thread.

    Raises PortalError, whose message says what a person can do about the file.
    """
    name = clean(name)
    _check_size(name, len(data))
    _check_room(user, len(data))  # before the work of reading it
    content = read(name, data, user.pk)
    stored = len(data) + len(content.text.encode())
    with transaction.atomic():
        lock(user.pk)
        _check_room(user, stored)
        return Attachment.objects.create(
            user=user,
            name=name,
            kind=content.kind,
            pasted=pasted,
            note=content.note,
            size=len(data),
            tokens=estimate(content.text) if content.text else TOKENS_A_PICTURE,
            stored=stored,
            data=data,
            text=content.text,
        )


def _check_size(name: str, size: int) -> None:
    if size > (limit := settings.MAX_ATTACHMENT_BYTES):
        sizes = {"size": filesizeformat(size), "limit": filesizeformat(limit)}
        raise PortalError("payload_too_large", [Sentence(LARGE, name=name, **sizes)], param="file")


def _check_room(user: User, size: int) -> None:
    """Raise PortalError `payload_too_large` for too many files, or too many bytes."""
    check_room(user.pk, size)
    if Attachment.objects.filter(user=user, message=None).count() >= MAX_UNSENT:
        sentences = [Sentence(UNSENT, count=MAX_UNSENT)]
        raise PortalError("payload_too_large", sentences, param="file")


def discard(user: User, keys: Sequence[UUID]) -> None:
    """Delete those of a user's files that were not sent. Others stay: a message has them."""
    Attachment.objects.filter(user=user, message=None, pk__in=keys).delete()
