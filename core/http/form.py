"""Forms with files (multipart/form-data), by Django's own parser."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.http import parse_header_parameters

from core.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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

    The parser skips what it cannot read; here that is an error. It blocks: call it in a thread.
    """
    headers = {"CONTENT_TYPE": media_type, "CONTENT_LENGTH": str(len(data))}
    try:
        parser = MultiPartParser(headers, io.BytesIO(data), [_InMemory()], "latin-1")
        fields, files = parser.parse()
    except (MultiPartParserError, SuspiciousOperation) as error:
        raise _unreadable(str(error)) from None
    except ValueError:  # of an encoding that does not exist
        raise _unreadable("its Content-Type is not valid") from None
    form = FormData(_texts(fields.lists()), dict(files.lists()))
    _check_complete(form, data, parse_header_parameters(media_type)[1]["boundary"].encode())
    return form


def _check_complete(form: FormData, data: bytes, boundary: bytes) -> None:
    """Raise PortalError unless each part of `data` is in the form, as it was sent."""
    mark = b"--" + boundary
    if (end := data.rfind(mark)) < 0 or not data.startswith(mark + b"--", end):
        raise _unreadable("it breaks off before its end")
    values = [value for several in form.fields.values() for value in several]
    if len(values) + sum(map(len, form.files.values())) < data.count(mark) - 1:
        raise _unreadable("a part has no name, or headers that are not valid")


def _texts(fields: Iterable[tuple[str, list[str]]]) -> dict[str, list[str]]:
    """Return fields whose values were read as Latin-1, in which all bytes remain what they are.

    As UTF-8 the parser would replace what is none, and to find that out takes a search of the form
    for each value.
    """
    try:
        return {
            name: [value.encode("latin-1").decode() for value in values] for name, values in fields
        }
    except UnicodeDecodeError:
        raise _unreadable("a text in it is not UTF-8") from None


def _unreadable(why: str) -> PortalError:
    return PortalError("invalid_request", f"The form cannot be parsed: {why}.")


class _InMemory(MemoryFileUploadHandler):
    """Keeps files in memory, whatever their size: the body is there already, and bounded."""

    def handle_raw_input(self, *args: Any, **more: Any) -> None:
        self.activated = True
