"""
POST /api/generate: a prompt in, lines out.

A prompt is a conversation of one turn. With `raw` or `suffix` it is continued as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from chat.requests.dangers import refused
from doors.ollama import answer as answers
from doors.ollama import fields, table, turns
from doors.ollama.fields import Shared, Timed
from doors.ollama.lines import LineWriter

if TYPE_CHECKING:
    from doors.door import Asked
    from doors.pieces import Piece
    from registry.providers.wire import Body

NATIVE = "ollama"


class GenerateRequest(Shared):
    """The types of the fields that are read."""

    prompt: str | None = None
    system: str | None = None
    images: list[str] | None = None
    raw: bool | None = None
    suffix: str | None = None


def read(request: dict[str, Any]) -> Timed:
    """Return what is asked; `chat` is a raw completion's request with `raw` or `suffix`.

    Raises PortalError `invalid_request`.
    """
    checked, chat, dropped = fields.read(request, table.GENERATE, GenerateRequest)
    chat |= _raw(checked) if checked.raw or checked.suffix else {"messages": _messages(checked)}
    model, names = checked.model or "", {**table.NAMES, "messages": "prompt"}
    return Timed(model, chat, request, tuple(dropped), fields.ADDED, names=names)


def _messages(checked: GenerateRequest) -> list[Body]:
    """Return the conversation; none asks only that the model is there."""
    if not checked.prompt and not checked.images:
        return []
    system = [{"role": "system", "content": checked.system}] if checked.system else []
    turn = {"role": "user", "content": checked.prompt, "images": checked.images}
    return [*system, *turns.messages([turn])]


def _raw(checked: GenerateRequest) -> Body:
    for name in ("system", "images", "format", "logprobs"):
        if getattr(checked, name):
            raise refused(f"{name}: a raw completion has none.", name)
    suffix = {"suffix": checked.suffix} if checked.suffix else {}
    return {"prompt": checked.prompt or "", **suffix}


def answer(piece: Piece, asked: Asked, identifier: str, model: str) -> Body:
    more = answers.thinking(piece) | answers.calls(piece.calls) | answers.logprobs(piece)
    ending = answers.closing(cast("Timed", asked), None, piece.finish_reason, piece.usage)
    head = answers.head(asked.model or model)
    return {**head, "response": piece.text or piece.refusal, **more, **ending}


class Writer(LineWriter):
    """Writes the lines of /api/generate."""

    def content(self, text: str, more: Body) -> Body:
        return {"response": text, **more}
