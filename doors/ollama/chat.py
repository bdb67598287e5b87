"""POST /api/chat: a conversation in, lines out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from doors.ollama import answer as answers
from doors.ollama import fields, table, turns
from doors.ollama.fields import Shared, Timed
from doors.ollama.lines import LineWriter

if TYPE_CHECKING:
    from doors.door import Asked
    from doors.pieces import Piece
    from registry.providers.wire import Body

NATIVE = "ollama"


class ChatRequest(Shared):
    """The types of the fields that are read."""

    messages: list[dict[str, Any]] | None = None
    tools: list[dict[str, Any]] | None = None


def read(request: dict[str, Any]) -> Timed:
    """Return what is asked. Raises PortalError `invalid_request`."""
    checked, chat, dropped = fields.read(request, table.CHAT, ChatRequest)
    chat["messages"] = turns.messages(checked.messages or [])
    if checked.tools:
        chat["tools"] = [{"type": "function", **tool} for tool in checked.tools]
    model, names = checked.model or "", table.NAMES
    return Timed(model, chat, request, tuple(dropped), fields.ADDED, names=names)


def message(text: str, more: Body) -> Body:
    return {"message": {"role": "assistant", "content": text, **more}}


def answer(piece: Piece, asked: Asked, identifier: str, model: str) -> Body:
    more = answers.thinking(piece) | answers.calls(piece.calls)
    ending = answers.closing(cast("Timed", asked), None, piece.finish_reason, piece.usage)
    content = message(piece.text or piece.refusal, more)
    return {**answers.head(asked.model or model), **content, **answers.logprobs(piece), **ending}


class Writer(LineWriter):
    """Writes the lines of /api/chat."""

    def content(self, text: str, more: Body) -> Body:
        return message(text, more)
