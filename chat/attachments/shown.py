"""Files as pages and exports show them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.translation import gettext

from chat.attachments.kinds import KINDS, PICTURES
from chat.attachments.notes import PAGES
from chat.attachments.sending import light
from chat.models import Attachment, Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet


_PAGES = re.compile(PAGES.format(without=r"(?P<without>\d+)", pages=r"(?P<pages>\d+)"))


@dataclass(frozen=True, slots=True)
class FileView:
    """One file of a question."""

    file: Attachment

    @property
    def is_picture(self) -> bool:
        return self.file.kind in PICTURES

    @property
    def facts(self) -> str:
        """Return what it is, how large, and how much a model reads of it."""
        kind = gettext("Pasted") if self.file.pasted else gettext(KINDS[self.file.kind].title)
        number = number_format(self.file.tokens, force_grouping=True)
        tokens = "" if self.is_picture else gettext("about {number} tokens").format(number=number)
        parts = (kind, filesizeformat(self.file.size), tokens)
        return " · ".join(part.replace("\xa0", " ") for part in parts if part)

    @property
    def note(self) -> str:
        """Return what its reader should know of how it was read, in the active language."""
        note = self.file.note
        if match := _PAGES.fullmatch(note):
            return gettext(PAGES).format(**match.groupdict())
        return gettext(note) if note else ""


def with_files(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Return messages with what `files` needs, read at once."""
    named = Attachment.objects.defer("data", "text")
    return messages.prefetch_related(Prefetch("attachments", named))


def files(message: Message) -> list[FileView]:
    """Return the files of a question, which was read by `with_files`."""
    if message._state.adding or message.role != Message.Role.USER:
        return []
    return [FileView(file) for file in message.attachments.all()]


def exported(message: Message) -> Iterator[dict[str, Any]]:
    """Yield what an export has of the files of a question: all but their bytes."""
    names = ("name", "kind", "size", "note", "text")
    for file in light(message.attachments.all()):
        yield {"id": str(file.pk), **{name: getattr(file, name) for name in names}}
