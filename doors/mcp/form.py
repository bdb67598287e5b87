"""Errors before a message is read, and at the end of a broken stream, as JSON-RPC has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from core.http.envelope import Form, envelope

if TYPE_CHECKING:
    from core.errors import PortalError

INVALID_REQUEST, INVALID_PARAMS, SERVER_ERROR = -32600, -32602, -32000


class McpForm(Form):
    """`{"jsonrpc", "id": null, "error": {"code", "message", "data"}}`, with our error in `data`."""

    def error(self, error: PortalError, identifier: str) -> dict[str, Any]:
        code = INVALID_REQUEST if error.code == "invalid_request" else SERVER_ERROR
        data = envelope(error, identifier)["error"]
        inside = {"code": code, "message": error.message, "data": data}
        return {"jsonrpc": "2.0", "id": None, "error": inside}

    def last_event(self, error: PortalError, identifier: str) -> bytes:
        data = msgspec.json.encode(self.error(error, identifier))
        return b"event: message\r\ndata: " + data + b"\r\n\r\n"
