"""What is read of Ollama's requests."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import PortalError
from doors.ollama import chat, generate

USER = {"role": "user", "content": "Hi"}
CALL = {"function": {"name": "f", "arguments": {"a": "é"}}}
PNG = "iVBORw0KGgo="


def read(**fields: Any) -> dict[str, Any]:
    return chat.read({"messages": [USER], **fields}).chat


def part(url: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {"stream": True}),
        ({"stream": None}, {"stream": True}),
        ({"stream": False}, {"stream": False}),
        ({"format": "json"}, {"response_format": {"type": "json_object"}}),
        ({"format": ""}, {}),
        ({"format": {"type": "object"}}, {"response_format": {"type": "json_schema", "json_schema": {
            "name": "answer", "schema": {"type": "object"}}}}),
        ({"think": True}, {"think": True}),
        ({"think": False}, {"reasoning_effort": "none"}),
        ({"think": "high"}, {"reasoning_effort": "high"}),
        ({"tools": []}, {}),
        ({"tools": [{"function": {"name": "f"}}]},
         {"tools": [{"type": "function", "function": {"name": "f"}}]}),
        ({"options": {"num_predict": 5, "stop": ["x"], "seed": 1, "num_keep": 2}},
         {"max_tokens": 5, "stop": ["x"], "seed": 1, "n_keep": 2}),
        ({"options": {"num_predict": -1, "stop": [], "temperature": None}}, {}),
        ({"logprobs": True, "top_logprobs": 2}, {"logprobs": True, "top_logprobs": 2}),
        ({"options": {"stop": "x", "num_predict": 5.0, "stopp": None}},
         {"stop": "x", "max_tokens": 5.0}),
        ({"tools": None, "format": None, "options": None, "think": None, "template": None,
          "keep_alive": None, "raw": None}, {}),
        ({"keep_alive": "5m", "options": {"num_ctx": 4096, "num_gpu": 1}}, {}),
    ],
)  # fmt: skip
def test_fields_become_openais(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    assert read(**fields) == {"messages": [USER], "stream": True, **expected}


def test_how_a_server_loads_is_dropped_and_reported() -> None:
    options = {"num_ctx": 4096, "use_mmap": True, "wholly_new": 1, "num_gpu": None}
    asked = chat.read({"messages": [USER], "keep_alive": 0, "options": options})
    assert asked.dropped == (
        "keep_alive",
        "options.num_ctx",
        "options.use_mmap",
        "options.wholly_new",
    )


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        ({"role": "user", "content": "Look", "images": [PNG]},
         [part(f"data:image/png;base64,{PNG}"), {"type": "text", "text": "Look"}]),
        ({"role": "user", "images": ["/9j/4AAQ"]}, [part("data:image/jpeg;base64,/9j/4AAQ")]),
        ({"role": "user", "images": ["data:image/gif;base64,R0lG"]}, [part("data:image/gif;base64,R0lG")]),
        ({"role": "user", "content": None, "images": []}, ""),
        ({"role": "user", "content": [{"type": "text", "text": "a"}]}, [{"type": "text", "text": "a"}]),
        ({"role": "user", "content": [{"type": "text", "text": "a"}], "images": [PNG]},
         [part(f"data:image/png;base64,{PNG}"), {"type": "text", "text": "a"}]),
    ],
)  # fmt: skip
def test_images_are_parts(turn: dict[str, Any], expected: Any) -> None:
    assert read(messages=[turn])["messages"][0]["content"] == expected


def test_a_call_and_its_result_have_the_same_id() -> None:
    turns = [{"role": "assistant", "content": "", "thinking": "Hm", "tool_calls": [CALL, CALL]},
             {"role": "tool", "content": "1", "tool_name": "f"},
             {"role": "tool", "content": "2"}]  # fmt: skip
    answer, one, two = read(messages=turns)["messages"]
    function = {"name": "f", "arguments": '{"a": "é"}'}
    assert answer == {
        "role": "assistant", "content": "", "reasoning_content": "Hm",
        "tool_calls": [{"id": f"call_0_{n}", "type": "function", "function": function} for n in (0, 1)],
    }  # fmt: skip
    assert one == {"role": "tool", "content": "1", "tool_call_id": "call_0_0"}
    assert two == {"role": "tool", "content": "2", "tool_call_id": "call_0_1"}


def test_images_of_results_follow_the_last_of_them() -> None:
    """OpenAI's servers refuse images in messages of the role tool."""
    turns = [{"role": "assistant", "content": "", "tool_calls": [CALL, CALL]},
             {"role": "tool", "content": "1", "images": [PNG]},
             {"role": "tool", "content": "2"}, USER]  # fmt: skip
    for last in (turns, turns[:-1]):
        _, one, two, images, *rest = read(messages=last)["messages"]
        assert (one["content"], two["content"]) == ("1", "2")
        assert images == {"role": "user", "content": [part(f"data:image/png;base64,{PNG}")]}
        assert rest == last[3:]


@pytest.mark.parametrize("result", [{"tool_call_id": "b"}, {"tool_name": "g"}, {"name": "g"}])
def test_a_result_finds_its_call(result: dict[str, Any]) -> None:
    calls = [
        {"id": i, "function": {"name": n, "arguments": "{}"}} for i, n in (("a", "f"), ("b", "g"))
    ]
    turns = [{"role": "assistant", "tool_calls": calls}, {"role": "tool", "content": "1", **result}]
    assert read(messages=turns)["messages"][1] == {
        "role": "tool", "content": "1", "tool_call_id": "b"}  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "param"),
    [
        ({"messages": [{"role": "tool", "content": "1"}]}, "messages"),
        ({"messages": [{"role": "user", "images": ["/etc/passwd.png"]}]}, "messages"),
        ({"messages": [{"role": "user", "images": ["http://x/a.png"]}]}, "messages"),
        ({"messages": [{"role": "user", "images": "abc"}]}, "messages"),
        ({"messages": [{"role": "assistant", "tool_calls": [{}]}]}, "messages"),
        ({"messages": "Hi"}, "messages"),
        ({"format": "yaml"}, "format"),
        ({"format": 1}, "format"),
        ({"template": "{{ .Prompt }}"}, "template"),
        ({"options": {"lora_path": "x"}}, "options"),
        ({"options": {"grammar": "x"}}, "grammar"),
        ({"options": []}, "options"),
        ({"api_key": "x"}, "api_key"),
    ],
)
def test_what_is_refused_is_named(request_: dict[str, Any], param: str) -> None:
    with pytest.raises(PortalError) as caught:
        chat.read({"messages": [USER], **request_})
    assert caught.value.param == param


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {"messages": [USER]}),
        ({"system": "S"}, {"messages": [{"role": "system", "content": "S"}, USER]}),
        ({"images": [PNG]}, {"messages": [{"role": "user", "content": [
            part(f"data:image/png;base64,{PNG}"), {"type": "text", "text": "Hi"}]}]}),
        ({"raw": True}, {"prompt": "Hi"}),
        ({"suffix": "end", "options": {"num_predict": 3}}, {"prompt": "Hi", "suffix": "end", "max_tokens": 3}),
        ({"prompt": "", "system": "S"}, {"messages": []}),
        ({"context": [], "template": "", "width": 0}, {"messages": [USER]}),
    ],
)  # fmt: skip
def test_a_prompt_is_a_conversation_or_continued(
    fields: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert generate.read({"prompt": "Hi", **fields}).chat == {"stream": True, **expected}


@pytest.mark.parametrize(
    ("fields", "param"),
    [({"context": [1]}, "context"), ({"template": "x"}, "template"),
     ({"raw": True, "system": "S"}, "system"), ({"suffix": "x", "images": [PNG]}, "images"),
     ({"raw": True, "format": "json"}, "format"), ({"prompt": 1}, "prompt")],
)  # fmt: skip
def test_what_a_prompt_cannot_have_is_named(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(PortalError) as caught:
        generate.read({"prompt": "Hi", **fields})
    assert caught.value.param == param
