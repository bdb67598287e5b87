"""How much all files of one person may take."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat

from chat.models import Attachment
from core.errors import PortalError


def used(user: int) -> int:
    """Return the bytes that the files of a user take in the database."""
    return Attachment.objects.filter(user=user).aggregate(sum=Sum("stored"))["sum"] or 0


def check_room(user: int, size: int) -> None:
    """Raise PortalError `payload_too_large` if a user's files may not take `size` bytes more."""
    limit = settings.ATTACHMENT_BYTES_PER_PERSON
    if used(user) + size > limit:
        text = (
            f"Your files would take over {filesizeformat(limit)}, the most that one person may "
            "store. Delete conversations with files that you need no more."
        )
        raise PortalError("payload_too_large", text, param="file")
