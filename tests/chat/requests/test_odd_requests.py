"""Values of odd types anywhere in a request: they are sent, or refused, and break nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.requests import fit, read_chat
from chat.requests.fields import KNOWN
from chat.requests.messages import MESSAGE
from chat.requests.parts import MEDIA, PART, TYPES
from core.errors import PortalError
from tests.chat.requests.fitting import PIXEL, USER, fitted, refusal, resolution

NAMES = sorted(
    (KNOWN | MESSAGE | PART | set(MEDIA)) - {"messages", "tools", "model", "role", "tool_calls"}
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9000) | st.sampled_from([*TYPES, "auto", "any", "json_schema", PIXEL]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*NAMES, "function", "url"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
PARTS = st.dictionaries(st.sampled_from(sorted(PART | set(MEDIA))), JSON, max_size=3)
CONTENTS = st.none() | st.just("hi") | st.lists(st.builds(lambda part, kind: {**part, "type": kind}, PARTS, st.sampled_from(TYPES)), max_size=2)  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [{"think": [1]}, {"reasoning_effort": None, "reasoning": {"effort": {}}}, {"tools": [
        {"type": "function", "function": {"name": "f", "parameters": [1]}}]}],
)  # fmt: skip
def test_odd_types_are_refused_by_the_formats_that_translate(body: dict[str, Any]) -> None:
    assert refusal(body, "claw").param in {"reasoning_effort", "tools"}


def test_a_refusal_that_is_no_text_is_left_out() -> None:
    message = {"role": "assistant", "content": None, "refusal": 202}
    body, _ = fitted({"messages": [USER, message, USER]}, "claw")
    chosen = resolution("claw")
    chosen.provider.wire.chat(chosen.target, body)


@settings(max_examples=300, deadline=None)
@given(
    fields=st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4),
    more=st.dictionaries(st.sampled_from(sorted(MESSAGE - {"role", "tool_calls"})), JSON, max_size=3),
    content=CONTENTS, role=st.sampled_from(["user", "assistant", "tool", "system"]),
    call=JSON, tool=JSON, provider=st.sampled_from(["plain", "open", "pond", "claw"]),
)  # fmt: skip
def test_any_body_is_sent_or_refused(
    fields: Any, more: Any, content: Any, role: str, call: Any, tool: Any, provider: str
) -> None:
    function = {"name": "f", "arguments": call}
    message = {
        **more,
        "role": role,
        "content": content,
        "tool_calls": [{"id": "c", "function": function}],
    }
    tools = [{"type": "function", "function": {"name": "f", "parameters": tool}}]
    problem = attempt({**fields, "messages": [USER, message], "tools": tools}, provider)
    assert problem is None or (problem.code == "invalid_request" and problem.param)


def attempt(body: dict[str, Any], provider: str) -> PortalError | None:
    """Write the provider's request; return why it is refused, if it is."""
    chosen = resolution(provider)
    try:
        sent, _ = fit(read_chat(body), chosen)
        chosen.provider.wire.chat(chosen.target, sent)
    except PortalError as error:
        return error
    return None
