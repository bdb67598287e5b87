"""Errors, heartbeats and the last event of a stream, as Anthropic's API has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.http.envelope import Form, envelope
from doors.messages.events import event

if TYPE_CHECKING:
    from core.errors import PortalError

TYPES = {
    400: "invalid_request_error", 401: "authentication_error", 403: "permission_error",
    404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error",
    503: "overloaded_error", 504: "timeout_error",
}  # fmt: skip


# Anthropic's clients, which begin a thread where tools run by themselves, go on without one then.
DETAILS = {"thread": {"error_code": "thread_unsupported_request", "unsupported": ["thread"]}}


class MessagesForm(Form):
    """`{"type": "error", "error": {"type", "message", …}, "request_id"}`, with our code inside."""

    heartbeat = event("ping")
    id_header = b"request-id"

    def error(self, error: PortalError, identifier: str) -> dict[str, Any]:
        status = error.kind.status
        kind = TYPES.get(status, "invalid_request_error" if status < 500 else "api_error")
        inside = {**envelope(error, identifier)["error"], "type": kind}
        if details := DETAILS.get(error.param or ""):
            inside["details"] = details
        return {"type": "error", "error": inside, "request_id": identifier}

    def last_event(self, error: PortalError, identifier: str) -> bytes:
        fields = self.error(error, identifier)
        return event("error", **{k: v for k, v in fields.items() if k != "type"})
