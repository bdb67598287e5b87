"""How much all files of one person may take."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_noop as _

from chat.models import Attachment
from core.errors import PortalError, Sentence

FULL = _("Your files would take over {limit}, the most that one person may store.")
REMEDY = _("Delete conversations with files that you need no more.")


def lock(user: int) -> None:
    """Let other transactions wait that store files of this user, until the end of this one."""
    rows = get_user_model().objects.select_for_update(no_key=True)  # others may refer to the user
    rows.values_list("pk").filter(pk=user).first()


def used(user: int) -> int:
    """Return the bytes that the files of a user take in the database."""
    return Attachment.objects.filter(user=user).aggregate(sum=Sum("stored"))["sum"] or 0


def check_room(user: int, size: int) -> None:
    """Raise PortalError `payload_too_large` if a user's files may not take `size` bytes more.

    Files that are stored at the same time may pass each other: see `lock`.
    """
    limit = settings.ATTACHMENT_BYTES_PER_PERSON
    if used(user) + size > limit:
        sentences = [Sentence(FULL, limit=filesizeformat(limit)), Sentence(REMEDY)]
        raise PortalError("payload_too_large", sentences, param="file")
