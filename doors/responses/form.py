"""The last events of a stream that broke off; other errors are OpenAI's, as on all its routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.http.envelope import Form
from doors.responses.events import event

if TYPE_CHECKING:
    from core.errors import PortalError


class ResponsesForm(Form):
    """`error`, which clients raise, and `response.failed`, which agents wait for."""

    def last_event(self, error: PortalError, identifier: str) -> bytes:
        inside = self.error(error, identifier)["error"]
        words = {"code": inside["code"], "message": inside["message"]}
        response = {
            "id": f"resp_{identifier}",
            "object": "response",
            "created_at": 0,
            "status": "failed",
            "error": words,
            "output": [],
        }
        first = event("error", 0, **words, param=inside["param"], error=inside)
        return first + event("response.failed", 1, response=response)
