"""Frames of errors. Those of a page have plain words too, in the language of its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import translation

from core.auth.credentials import KEYS
from core.http.envelope import in_frame, request_id
from core.http.language import language_of
from core.plain_errors import in_plain_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.errors import PortalError

TOKENS = (b"authorization", *KEYS)  # headers that no page can send with a handshake


def error_frame(
    error: PortalError,
    scope: Mapping[str, Any],
    id: str | None = None,  # noqa: A002
) -> dict[str, Any]:
    """Return the frame of an error, on the socket of `scope`; `id` is that of its question."""
    frame = {"type": "error", "id": id, **in_frame(error, request_id(None))}
    headers = dict(scope["headers"])
    if not any(name in headers for name in TOKENS):
        with translation.override(language_of(headers)):
            frame["error"]["plain"] = in_plain_words(error)
    return frame
