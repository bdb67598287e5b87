"""Errors, heartbeats and the last line of a stream, as Ollama's API has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.http.envelope import Form, envelope
from doors.ollama.lines import line

if TYPE_CHECKING:
    from core.errors import PortalError
    from registry.providers.wire import Body


class OllamaForm(Form):
    """`{"error": "…"}`, with the portal's own fields beside it.

    `empty` is content that adds nothing. A heartbeat is a line with that: clients parse each line,
    and an empty one is no JSON.
    """

    any_media_type = True  # Ollama's examples for curl declare none, which makes it a form's
    media_type = b"application/x-ndjson"

    def __init__(self, empty: Body) -> None:
        # Go's zero time, which its clients take for none.
        head = {"model": "", "created_at": "0001-01-01T00:00:00Z"}
        self.heartbeat = line({**head, **empty, "done": False})

    def error(self, error: PortalError, identifier: str) -> dict[str, Any]:
        fields = envelope(error, identifier)["error"]
        return {"error": fields.pop("message"), **fields}

    def last_event(self, error: PortalError, identifier: str) -> bytes:
        return line(self.error(error, identifier))
