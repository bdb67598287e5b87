"""The caller's names for the fields of the conversation: no HTTP."""

from __future__ import annotations

import pytest

from chat.requests.names import Named, own, own_all
from core.errors import PortalError

NAMES = {"messages": "input", "max_tokens": "most", "response_format": "text.format", "tools": "tools",
         "response_format.json_schema": "text.format", "tools.function": "tools", "stream_options": ""}  # fmt: skip
PATHS = {
    "max_tokens": "most",
    "messages[3].content[0].image_url.url": "input.content.image_url.url",
    "tools[0].function.parameters": "tools.parameters",
    "response_format.json_schema.schema": "text.format.schema",
    "temperature": "temperature",
    "content[0].x": "content[0].x",
    "stream_options": "",
}


@pytest.mark.parametrize("path", PATHS)
def test_a_path_begins_with_the_callers_name(path: str) -> None:
    assert own(path, NAMES) == PATHS[path]


def test_names_are_reported_once_and_only_the_callers() -> None:
    assert own_all(("max_tokens", "stream_options", "most", "a"), NAMES) == ("most", "a")


MESSAGES = {
    "messages[0].content[1].x: it is text.": "input.content.x: it is text.",
    "It does not support 'max_tokens'. Leave it out.": "It does not support 'most'. Leave it out.",
    "It has no response_format json_object.": "It has no text.format json_object.",
    "Its messages are no tools.": "Its messages are no tools.",
    "`stream_options` is odd.": "`stream_options` is odd.",
}


@pytest.mark.parametrize("message", MESSAGES)
def test_a_refusal_names_the_callers_fields(message: str) -> None:
    with pytest.raises(PortalError) as caught, Named(NAMES):
        raise PortalError("invalid_request", message, param="messages")
    assert (caught.value.message, caught.value.param) == (MESSAGES[message], "input")


def test_a_providers_words_stay_as_they_are() -> None:
    words = "max_tokens is too large."
    with pytest.raises(PortalError) as caught, Named(NAMES):
        raise PortalError("provider_rejected", words, param="max_tokens")
    assert (caught.value.message, caught.value.param) == (words, "most")
