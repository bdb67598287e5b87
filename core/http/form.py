"""Forms with files (multipart/form-data), by Django's own parser."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from core.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.files.uploadedfile import UploadedFile

MEDIA_TYPE = "multipart/form-data"
MAX_HELD = 512 * 1024 * 1024  # bytes of all forms that this process has at once


class Held:
    """Counts the bytes of one form, which stay in memory until its answer."""

    total = 0  # of all forms

    def __init__(self) -> None:
        self.size = 0

    def add(self, size: int) -> None:
        """Raises PortalError `overloaded` if all forms together are too large."""
        Held.total += size
        self.size += size
        if Held.total > MAX_HELD:
            message = "The uploads under way are too large. Try again in a moment."
            raise PortalError("overloaded", message, retry_after=1)

    def release(self) -> None:
        Held.total -= self.size
        self.size = 0


class FormData(NamedTuple):
    """The fields and files of a form, each name with all of its values."""

    fields: Mapping[str, list[str]]
    files: Mapping[str, list[UploadedFile[bytes]]]


def check_media_type(value: str) -> None:
    """Raise PortalError `unsupported_media_type` unless a `Content-Type` is that of a form."""
    if value.partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise PortalError("unsupported_media_type", f"Send a form: Content-Type: {MEDIA_TYPE}.")


def read_form(data: bytes, media_type: str) -> FormData:
    """Return the form in `data`. Raises PortalError `invalid_request`.

    It blocks: call it in a thread.
    """
    headers = {"CONTENT_TYPE": media_type, "CONTENT_LENGTH": str(len(data))}
    try:
        parser = MultiPartParser(headers, io.BytesIO(data), [_InMemory()], "utf-8")
        fields, files = parser.parse()
    except (MultiPartParserError, SuspiciousOperation) as error:
        raise PortalError("invalid_request", f"The form cannot be parsed: {error}") from None
    return FormData(dict(fields.lists()), dict(files.lists()))


class _InMemory(MemoryFileUploadHandler):
    """Keeps files in memory, whatever their size: the body is there already, and bounded."""

    def handle_raw_input(self, *args: Any, **more: Any) -> None:
        self.activated = True
