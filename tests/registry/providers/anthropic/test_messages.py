"""Messages in OpenAI's form become Anthropic's turns."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.errors import PortalError
from registry.providers import anthropic
from registry.providers.anthropic.messages import to_anthropic

MARK = {"type": "ephemeral"}
PNG = {"type": "base64", "media_type": "image/png", "data": "aGk="}
THOUGHT = {"type": "thinking", "thinking": "Hmm.", "signature": "c2ln"}
HIDDEN = {"type": "redacted_thinking", "data": "xyz"}


def words(content: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": content, **more}


def said(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def calls(*names: str, **more: Any) -> dict[str, Any]:
    rows = [{"id": f"c-{name}", "type": "function", "function": {"name": name, "arguments": '{"a":1}'}}
            for name in names]  # fmt: skip
    return said("assistant", None, tool_calls=rows, **more)


def used(name: str) -> dict[str, Any]:
    return {"type": "tool_use", "id": f"c-{name}", "name": name, "input": {"a": 1}}


def result(name: str, *blocks: Any, **more: Any) -> dict[str, Any]:
    content = {"content": list(blocks)} if blocks else {}
    return {"type": "tool_result", "tool_use_id": f"c-{name}", **content, **more}


HI = said("user", [words("Hi")])
CASES: dict[str, tuple[list[Any], list[Any], list[Any]]] = {
    "system and developer": (
        [said("system", "Be"), said("developer", "brief"), said("user", "Hi"), said("system", "Now")],
        [words("Be"), words("brief"), words("Now")], [HI]),
    "system alone": ([said("system", "Hi")], [], [HI]),
    "one role twice": (
        [said("user", "Hi"), said("user", "You"), said("assistant", "A"), said("assistant", "B"), said("user", "Hi")],
        [], [said("user", [words("Hi"), words("You")]), said("assistant", [words("A"), words("B")]), HI]),
    "blank texts": (
        [said("user", [words("Hi"), words(" \n")]), said("assistant", ""), said("user", " ")], [], [HI]),
    "a beginning of the answer": (
        [said("user", "Hi"), said("assistant", "It is \n")], [], [HI, said("assistant", [words("It is")])]),
    "marks on parts": (
        [said("system", [words("Be", cache_control=MARK)]), said("user", [words("Hi", cache_control=MARK)])],
        [words("Be", cache_control=MARK)], [said("user", [words("Hi", cache_control=MARK)])]),
    "marks on messages": (
        [said("system", "Be", cache_control=MARK),
         said("user", [words("Hi"), words("You")], cache_control=MARK)],
        [words("Be", cache_control=MARK)],
        [said("user", [words("Hi"), words("You", cache_control=MARK)])]),
    "images": (
        [said("user", [{"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}, "cache_control": MARK},
                       {"type": "image_url", "image_url": {"url": "https://h/a.png"}}],
              images=["iVBORw0K", {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}}])],
        [],
        [said("user", [{"type": "image", "source": PNG, "cache_control": MARK},
                       {"type": "image", "source": {"type": "url", "url": "https://h/a.png"}},
                       {"type": "image", "source": {**PNG, "data": "iVBORw0K"}},
                       {"type": "image", "source": PNG}])]),
    "files": (
        [said("user", [
            {"type": "file", "file": {"file_data": "data:application/pdf;base64,aGk=", "filename": "a.pdf"},
             "citations": {"enabled": True}},
            {"type": "file", "file": {"file_data": "JVBERi0x"}},
            {"type": "document_url", "document_url": {"url": "data:text/plain;base64,aGk="}, "cache_control": MARK}])],
        [],
        [said("user", [
            {"type": "document", "source": {**PNG, "media_type": "application/pdf"}, "title": "a.pdf",
             "citations": {"enabled": True}},
            {"type": "document", "source": {**PNG, "media_type": "application/pdf", "data": "JVBERi0x"}},
            {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "hi"},
             "cache_control": MARK}])]),
    "tools": (
        [said("user", "Hi"), calls("f", "g"), said("tool", "one", tool_call_id="c-f"),
         said("tool", [words("two", cache_control=MARK)], tool_call_id="c-g"), said("user", "Hi")],
        [],
        [HI, said("assistant", [used("f"), used("g")]),
         said("user", [result("f", words("one")), result("g", words("two"), cache_control=MARK), words("Hi")])]),
    "an empty result": (
        [said("user", "Hi"), calls("f"), said("tool", "", tool_call_id="c-f")],
        [], [HI, said("assistant", [used("f")]), said("user", [result("f")])]),
    "thoughts": (
        [said("user", "Hi"), calls("f", reasoning_content="Hmm.", thinking_blocks=[{**THOUGHT, "index": 0}, HIDDEN])],
        [], [HI, said("assistant", [THOUGHT, HIDDEN, used("f")])]),
    "thoughts as parts": (
        [said("user", "Hi"), said("assistant", [THOUGHT, words("Ho")])],
        [], [HI, said("assistant", [THOUGHT, words("Ho")])]),
    "thoughts of another provider": (
        [said("user", "Hi"), said("assistant", "Ho", reasoning_content="Hmm.",
                                  thinking_blocks=[{"type": "thinking", "thinking": "Hmm."}])],
        [], [HI, said("assistant", [words("Ho")])]),
    "a refusal": (
        [said("user", "Hi"), said("assistant", None, refusal="No.")], [], [HI, said("assistant", [words("No.")])]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_messages_become_turns(name: str) -> None:
    messages, system, turns = CASES[name]
    assert to_anthropic(messages) == (system, turns)


@pytest.mark.parametrize(
    "message",
    [said("user", [{"type": "input_audio", "input_audio": {"data": "aGk="}}]),
     said("user", [{"type": "image_url", "image_url": {"url": "data:image/png,raw"}}]),
     said("user", [{"type": "file", "file": {"file_data": "data:text/csv;base64,aGk="}}]),
     said("user", "x", images=["aGk="]), said("function", "x", name="f"),
     said("assistant", None, function_call={"name": "f"}),
     said("assistant", None, tool_calls=[{"id": "c"}])],
)  # fmt: skip
def test_what_the_api_cannot_read_is_refused(message: Any) -> None:
    with pytest.raises(PortalError) as caught:
        to_anthropic([message])
    assert (caught.value.code, caught.value.param) == ("invalid_request", "messages")


def test_fields_of_messages_that_are_dropped_are_reported() -> None:
    messages = [said("user", [words("Hi", citations=[1])], name="ann"),
                said("assistant", "Ho", reasoning_content="Hmm.", reasoning_details=[1]),
                said("assistant", "Ho", reasoning_content="Hmm.", thinking_blocks=[THOUGHT])]  # fmt: skip
    assert anthropic.fit({"messages": messages}) == (
        "messages.name", "messages.reasoning_content", "messages.reasoning_details", "content.citations")  # fmt: skip


@pytest.mark.parametrize("others", [("a.b", "a:b", "a_b", "a_b_"), ("é", "ü", "_"), ("",)])
def test_calls_of_different_ids_stay_different(others: tuple[str, ...]) -> None:
    rows = [{"id": i, "function": {"name": "f", "arguments": "{}"}} for i in others]
    results = [said("tool", "x", tool_call_id=i) for i in others]
    _, turns = to_anthropic([said("user", "Hi"), said("assistant", "", tool_calls=rows), *results])
    ids = [block["id"] for block in turns[1]["content"]]
    assert ids == [block["tool_use_id"] for block in turns[2]["content"]]
    assert len(set(ids)) == len(others)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]+", i) for i in ids)
    assert [sent for sent, i in zip(ids, others, strict=True) if i == "a_b"] in ([], ["a_b"])
