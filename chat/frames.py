"""
The frames of the WebSockets, as JSON in text. `read` validates each, field by field.

The n-th piece of an answer (`delta`, `thought`, `block` or `event`) has `seq` n; the reader sends
`ack` at least every 64 KiB of their text (data, HTML) in UTF-8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.conf import settings
from django.utils.translation import gettext_noop as _

from core.errors import PortalError, Sentence
from core.http.body import check_types, read_json
from core.http.decoding import off_loop

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_INLINE = 32 * 1024  # characters that are parsed in the event loop
MAX_TURNS = 2000
MAX_FILES = 10  # of one question
MAX_BYTES = 512 * 1024  # of one frame; the servers themselves close at 1 MiB
TOO_LARGE = _("The frame is over {limit} bytes.")

ID = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
MAX_SYSTEM = 20_000  # characters
System = Annotated[str, msgspec.Meta(max_length=MAX_SYSTEM)]
ModelID = Annotated[str, msgspec.Meta(max_length=300)]
Files = Annotated[list[UUID], msgspec.Meta(max_length=MAX_FILES)]
LANGUAGES = "|".join(code for code, _ in settings.LANGUAGES)
Language = Annotated[str, msgspec.Meta(pattern=f"^({LANGUAGES})$")]
Number = Annotated[int, msgspec.Meta(ge=1, le=2**53)]


class Turn(msgspec.Struct, forbid_unknown_fields=True):
    """A message of a temporary conversation, which the caller has kept."""

    role: Literal["user", "assistant"]
    content: str
    attachments: Files = []


class Ask(msgspec.Struct, forbid_unknown_fields=True, tag="ask"):
    """A question. `retry_of` is an answer to retry, `edit_of` a question to replace.

    `continue_of` is an answer that was cut, and goes on. `beside` is a question that this model
    answers as well: beside its other answers, also while they are written.

    With `fallback` other models may answer instead of the one that it names. `local_only` marks the
    conversation for good: only providers marked `local` get it.

    A `temporary` one is not stored, and belongs to no conversation but its own `history`.

    `system` is what models read before the conversation, which keeps it: "" removes it, null
    changes nothing. With `instructions`, what models.yaml and the user's account have comes first.

    With `render` the reader is a page: it gets the model's thoughts apart from the text, and each
    block of the text as HTML when it is complete. `language` is that of the page.

    With `title`, a model gives a new conversation its title, if models.yaml names one for that.

    With `on_leave` as `finish` the answer goes on when its reader has gone.

    `temperature` and `max_tokens` are for models that models.yaml lists them for, as `adjustable`.

    `attachments` are files that its user uploaded, or those of the question that it edits: null
    keeps these.
    """

    id: ID
    content: str = ""
    conversation: UUID | None = None
    model: ModelID | None = None
    retry_of: Number | None = None
    edit_of: Number | None = None
    continue_of: Number | None = None
    beside: Number | None = None
    fallback: bool = False
    local_only: bool = False
    temporary: bool = False
    render: bool = False
    language: Language = settings.LANGUAGE_CODE
    system: System | None = None
    instructions: bool = False
    title: bool = False
    on_leave: Literal["stop", "finish"] = "stop"
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] | None = None
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)] | None = None
    attachments: Files | None = None
    history: Annotated[list[Turn], msgspec.Meta(max_length=MAX_TURNS)] = []  # msgspec copies it


class RawAsk(msgspec.Struct, forbid_unknown_fields=True, tag="ask"):
    """A prompt for one model, without a history. `local_only`: only local providers get it."""

    id: ID
    content: str
    model: ModelID | None = None
    capability: Annotated[str, msgspec.Meta(max_length=100)] = "chat"
    fallback: bool = False
    local_only: bool = False


class Follow(msgspec.Struct, forbid_unknown_fields=True, tag="follow"):
    """Read the answer `message`, which is being written elsewhere.

    `render` and `language` are those of `Ask`.
    """

    id: ID
    message: Number
    render: bool = False
    language: Language = settings.LANGUAGE_CODE


class Stop(msgspec.Struct, forbid_unknown_fields=True, tag="stop"):
    id: ID


class Ack(msgspec.Struct, forbid_unknown_fields=True, tag="ack"):
    """Everything up to `seq` has been read."""

    id: ID
    seq: Annotated[int, msgspec.Meta(ge=0, le=2**53)]


TARGETS = ("retry_of", "edit_of", "continue_of", "beside")
MAX_BESIDE = 5  # models that answer one question at once
CHAT = {"ask": Ask, "follow": Follow, "stop": Stop, "ack": Ack}
RAW = {"ask": RawAsk, "stop": Stop, "ack": Ack}


class BadFrameError(Exception):
    """An invalid frame. `id` is the frame's own, if that can be read."""

    def __init__(self, error: PortalError, id: str | None = None) -> None:  # noqa: A002
        super().__init__(error.message)
        self.error = error
        self.id = id


async def read(text: str | None, shapes: Mapping[str, type[Any]]) -> Any:
    """Return the frame in `text`, as one of `shapes`. Raises BadFrameError."""
    return await off_loop(lambda: _read(text, shapes), len(text or ""), MAX_INLINE)


def _read(text: str | None, shapes: Mapping[str, type[Any]]) -> Any:
    identifier = None
    try:
        if text is None:
            raise _bad(_("Frames are JSON text; this one is binary."))
        data = text.encode("utf-8", "surrogatepass")
        if len(data) > MAX_BYTES:
            raise PortalError("payload_too_large", [Sentence(TOO_LARGE, limit=MAX_BYTES)])
        value = read_json(data)
        id_field = value.get("id")
        if isinstance(id_field, str) and len(id_field) <= 100:
            identifier = id_field
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in shapes:
            raise _bad(f"`type` must be one of {', '.join(shapes)}.", "type")
        frame = check_types(value, shapes[kind])
        check_content(frame)
        return frame
    except PortalError as error:
        raise BadFrameError(error, identifier) from None


def check_content(frame: Any) -> None:
    """Raise PortalError `invalid_request` for an empty question, or one with NUL."""
    content = getattr(frame, "content", "x")
    for name in ("content", "system"):
        if "\0" in (getattr(frame, name, "") or ""):
            raise _bad(f"{name}: It holds the character NUL, which cannot be stored.", name)
    has_own = False
    if isinstance(frame, Ask):
        check_temporary(frame)
        targets = [name for name in TARGETS if getattr(frame, name)]
        if len(targets) > 1:
            names = ", ".join(f"`{name}`" for name in TARGETS)
            raise _bad(f"Give one of {names}, not two.", targets[0])
        has_own = targets not in ([], ["edit_of"])
        if has_own and frame.attachments is not None:
            raise _bad("`attachments` are of a new or an edited question.", "attachments")
        has_own |= bool(frame.attachments)
    if not content.strip() and not has_own:
        raise _bad("content: It is empty.", "content")


def check_temporary(frame: Ask) -> None:
    """Raise PortalError `invalid_request` for fields that are not of this kind of question."""
    if frame.temporary and (frame.conversation or any(getattr(frame, name) for name in TARGETS)):
        raise _bad(
            "A temporary question has `history` alone: nothing of it is stored.", "temporary"
        )
    if frame.temporary and frame.on_leave == "finish":
        raise _bad("A temporary answer ends with its reader: nothing of it is stored.", "on_leave")
    if frame.temporary and frame.title:
        raise _bad("A temporary conversation has no title: nothing of it is stored.", "title")
    if frame.history and not frame.temporary:
        raise _bad("`history` needs `temporary`: other conversations are stored.", "history")


def _bad(message: str, param: str | None = None) -> PortalError:
    return PortalError("invalid_request", message, param=param)
