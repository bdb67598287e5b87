"""The paths of the doors; `aimodels.dispatch` calls to them."""

from __future__ import annotations

from core.http.exchange import post
from doors import messages, responses
from doors.door import Native
from doors.mcp import routing as mcp
from doors.messages import counting
from doors.messages.form import MessagesForm
from doors.messages.native import fit, headers
from doors.ollama import routing as ollama
from doors.responses.form import ResponsesForm
from doors.serve import serve
from registry.providers.anthropic.native import CHAT

MESSAGES = MessagesForm()
ROUTES = {
    "/v1/messages": serve(messages, MESSAGES, Native(CHAT, fit, headers)),
    "/v1/messages/count_tokens": post(counting.count, MESSAGES),
    "/v1/responses": serve(responses, ResponsesForm()),
    **mcp.ROUTES,
    **ollama.ROUTES,
}
