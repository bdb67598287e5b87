"""The paths of the doors, which `aimodels.dispatch` calls, and the form of errors at each path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.http.envelope import OPENAI_FORM
from core.http.exchange import post
from doors import azure, messages, responses
from doors.door import Native
from doors.mcp import routing as mcp
from doors.messages import counting
from doors.messages.form import MessagesForm
from doors.messages.native import fit, headers
from doors.ollama import routing as ollama
from doors.responses import native
from doors.responses.form import ResponsesForm
from doors.serve import serve
from registry.providers.anthropic.native import CHAT
from registry.providers.openai import responses as responses_wire

if TYPE_CHECKING:
    from core.http.envelope import Form

MESSAGES = MessagesForm()
ROUTES = {
    "/v1/messages": serve(messages, MESSAGES, Native(CHAT, fit, headers)),
    "/v1/messages/count_tokens": post(counting.count, MESSAGES),
    "/v1/responses": serve(responses, ResponsesForm(), Native(responses_wire.CHAT, native.fit)),
    **mcp.ROUTES,
    **ollama.ROUTES,
}
# By the first parts of a path; all other paths have OpenAI's form.
FORMS: dict[str, Form] = {"/v1/messages": MESSAGES, "/mcp": mcp.FORM, "/api": ollama.FORM}


def form_of(path: str) -> Form:
    """Return the form of errors in the API that has `path`, whether it is served or not."""
    path, _ = azure.read(path)
    begins = (begin for begin in FORMS if f"{path}/".startswith(f"{begin}/"))
    return FORMS.get(next(begins, ""), OPENAI_FORM)
