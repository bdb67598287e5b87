"""The paths of the doors; `aimodels.dispatch` calls to them."""

from __future__ import annotations

from doors import messages, responses
from doors.mcp import routing as mcp
from doors.messages.form import MessagesForm
from doors.ollama import routing as ollama
from doors.responses.form import ResponsesForm
from doors.serve import serve

ROUTES = {
    "/v1/messages": serve(messages, MessagesForm()),
    "/v1/responses": serve(responses, ResponsesForm()),
    **mcp.ROUTES,
    **ollama.ROUTES,
}
