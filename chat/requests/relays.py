"""The requests for rankings, images and transcripts: their types, and what passes of them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from chat.requests.dangers import check_name, is_address, refused
from chat.requests.fields import (
    ADDRESS,
    IMAGE_GENERATION,
    LOADED,
    MAX_PATH,
    RERANK,
    TRANSCRIPTION,
)
from chat.requests.fit import PASSED, fit_known
from chat.requests.shapes import ImageGeneration, Rerank, checked
from registry.providers.wire import Upload

if TYPE_CHECKING:
    from collections.abc import Collection

    from registry.entities import Provider, Resolution

    Body = dict[str, Any]

SHOWN = re.compile(r"image|video|audio|voice|media|file|pdf|photo")  # of a document
FORMATS = ("json", "text", "srt", "verbose_json", "vtt", "diarized_json")
LISTS = ("include", "timestamp_granularities", "known_speaker_names", "known_speaker_references")
NESTED = (*LISTS, "chunking_strategy")  # these may have brackets in their names
SWITCH = {"true": True, "1": True, "false": False, "0": False, "": False}
TEXTS = ("prompt", "language", "hotwords", "known_speaker_names", "file")  # never options as JSON
_BRACKETS = re.compile(r"[\[\]]+")


def read_rerank(body: Body) -> Body:
    """Return a request of the right types, without `model`. Raises PortalError.

    `top_n` is at most the number of documents, as some servers refuse more.
    """
    body, typed = checked(body, Rerank)
    for number, document in enumerate(typed.documents):
        if isinstance(document, dict):
            _check_document(document, f"documents[{number}]")
    read = {key: value for key, value in body.items() if key not in ("model", "top_n")}
    return {**read, "top_n": min(typed.top_n, len(typed.documents))} if typed.top_n else read


def _check_document(document: Body, place: str) -> None:
    """Raise PortalError for a document that is more than texts, or that a server would fetch."""
    for name, value in document.items():
        if not isinstance(value, str | int | float | None):
            raise refused(f"{place}.{name}: a document is text, or an object of texts.", place)
        is_address = isinstance(value, str) and ADDRESS.match(value.lstrip()[:MAX_PATH])
        if is_address and SHOWN.search(name.lower()):
            raise refused(f"{place}.{name}: the provider would fetch this address.", place)


def fit_rerank(body: Body, resolution: Resolution) -> tuple[Body, Resolution]:
    _check_known(body, RERANK, free=("query", "documents"))
    return fit_known(body, resolution, RERANK)


def read_images(body: Body) -> Body:
    """Return a request of the right types, without `model`. Raises PortalError."""
    body, _ = checked(body, ImageGeneration)
    return {key: value for key, value in body.items() if key != "model"}


def fit_images(body: Body, resolution: Resolution) -> tuple[Body, Resolution]:
    _check_known(body, IMAGE_GENERATION, free=("prompt", "negative_prompt"))
    _check_inputs(body, IMAGE_GENERATION, resolution.provider, "a prompt")
    return fit_known(body, resolution, IMAGE_GENERATION)


def read_transcription(body: Body) -> Body:
    """Return a form's fields and file, without `model`. Raises PortalError for wrong values."""
    if not isinstance(body.get("file"), Upload):
        raise refused("file: it is missing, or a field without a file name.", "file")
    form = body.get("response_format") or "json"
    if form not in FORMATS:
        raise refused(f"response_format: one of {', '.join(FORMATS)}.", "response_format")
    stream = SWITCH.get(str(body.get("stream") or "").lower())
    if stream is None:
        raise refused("stream: true or false.", "stream")
    left_out = ("model", "stream", *(() if body.get("response_format") else ("response_format",)))
    read = {name: value for name, value in body.items() if name not in left_out}
    return {**read, "stream": True} if stream else read


def fit_transcription(body: Body, resolution: Resolution) -> tuple[Body, Resolution]:
    known = {n for n in body if n in TRANSCRIPTION or n.partition("[")[0] in NESTED}
    for name, value in body.items():
        _check_form_field(name, value)
    _check_inputs(body, known, resolution.provider, "a file")
    return fit_known(body, resolution, known)


def _check_form_field(name: str, value: Any) -> None:
    """Raise PortalError for a field that a server would act upon."""
    base, *inside = [part for part in _BRACKETS.split(name) if part] or [name]
    values = value if isinstance(value, list) else [value]
    option: Any = values if base in TEXTS else [_option(each, name) for each in values]
    for part in reversed(inside):
        option = {part: option}
    if inside or option != values:
        PASSED.check({base: option}, "")
    if base == "known_speaker_references":
        for reference in values:
            if not reference.startswith("data:") or is_address(reference):
                raise refused(f"{base}: send the content as a data: URL.", base)


def _option(text: Any, name: str) -> Any:
    """Return the value that servers read in a form's text: JSON, or the text itself."""
    if not isinstance(text, str) or text.lstrip()[:1] not in ("{", "["):
        return text
    try:
        return json.loads(text, object_pairs_hook=_each)  # servers differ in which of two keys wins
    except RecursionError:
        raise refused(f"{name}: it is nested too deep.", name) from None
    except ValueError:
        return text


def _each(pairs: list[tuple[str, Any]]) -> list[Body]:
    return [{name: value} for name, value in pairs]


def _check_known(body: Body, known: Collection[str], free: Collection[str]) -> None:
    """Raise PortalError for dangers in known fields that are objects."""
    for name, value in body.items():
        if name in known and name not in free and isinstance(value, dict | list):
            PASSED.check({name: value}, "")


def _check_inputs(body: Body, known: Collection[str], provider: Provider, what: str) -> None:
    """Raise PortalError for an unknown input: without it, the answer would be another one."""
    for name, value in body.items():
        if name in known or not value or provider.passes_all or name in provider.passes:
            continue
        check_name(name, frozenset({"file", "prompt", "model", "stream"}))
        if LOADED.search(name.lower()) or "mask" in name.lower():
            raise refused(f"{name}: this call reads only {what}.", name)
