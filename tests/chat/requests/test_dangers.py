"""What no caller may send: refused with its path, wherever it is in the options of a server."""

from __future__ import annotations

from typing import Any

import pytest

from chat.requests.fields import DANGEROUS
from tests.chat.requests.fitting import PIXEL, USER, fitted, part, refusal

REFUSED: list[tuple[dict[str, Any], str]] = [
    *(({name: "x"}, name) for names in DANGEROUS.values() for name in sorted(names)),
    ({"extra_headers": {"a": "b"}}, "extra_headers"),
    ({"apiBase": "x"}, "apiBase"),
    ({"extra_body": {"deep": [{"api-key": "x"}]}}, "extra_body.deep.api-key"),
    ({"reasoning": {"base_url": "x"}}, "reasoning.base_url"),
    ({"options": {"num_gpu": 99}}, "options.num_gpu"),
    ({"tools": [{"type": "web_search"}]}, "tools[0].type"),
    ({"tools": [{"type": "mcp", "server_url": "http://x"}]}, "tools[0].type"),
    ({"tools": [{"type": "function", "function": {}, "server_url": "x"}]}, "tools[0].server_url"),
    ({"tools": [{"type": ["function"]}]}, "tools[0].type"),
    ({"web_search_options": {}}, "web_search_options"),
    ({"my_schema": {}}, "my_schema"),
    ({"output_grammar": "x"}, "output_grammar"),
    (part({"type": "image_url", "image_url": {"url": "https://x/a.png"}}), "image_url.url"),
    (part({"type": "image_url", "image_url": "http://169.254.169.254/"}), "image_url.url"),
    (part({"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}), "image_url.url"),
    (part({"type": "image_url", "image_url": {"url": PIXEL, "x": {"url": "http://x"}}}), "image_url.x"),
    (part({"type": "video_url", "video_url": {"url": "https://x"}}), "video_url.url"),
    (part({"type": "file", "file": {"file_id": "file-1"}}), "file.file_id"),
    (part({"type": "input_image", "image_url": "http://x"}), "image_url"),
    (part({"type": "text", "text": "x", "image_url": "http://x"}), "content[0].image_url"),
    (part({"type": "text", "txt": "x"}), "content[0].text"),
    (part({"type": "sound"}), "content[0].type"),
    ({"messages": [{**USER, "images": ["http://x"]}]}, "images[0]"),
    ({"messages": [{**USER, "api_base": "http://x"}]}, "messages[0].api_base"),
    # Variables of a chat template that its renderer takes for its own (vLLM).
    ({"chat_template_kwargs": {"chat_template": "{{ 1 }}"}}, "chat_template_kwargs.chat_template"),
    ({"chat_template_kwargs": {"tokenize": True}}, "chat_template_kwargs.tokenize"),
    # Lists in lists, objects of free names that are no schema, and a request inside of an option.
    ({"extra_body": [[{"priority": 1}]]}, "extra_body.priority"),
    ({"extra_body": {"model": "expensive"}}, "extra_body.model"),
    ({"extra_body": {"messages": []}}, "extra_body.messages"),
    ({"options": {"tools": [{"type": "mcp"}]}}, "options.tools"),
    ({"nvext": {"backend_instance_id": 1}}, "nvext.backend_instance_id"),
    ({"x": {"previous_response_id": "r"}}, "x.previous_response_id"),
    ({"audio": {"voice": "https://x/a.wav"}}, "audio.voice"),
    # Other letters: servers in Go compare names without case, ſ is s, and K is k.
    ({"apı_base": "x", "ａｐｉ＿ｂａｓｅ": "x"}, "ａｐｉ＿ｂａｓｅ"),
    ({"api\u200b_baſe": "x"}, "baſe"),
    ({"Messages": []}, "written `messages`"),
    ({"MODEL": "x"}, "written `model`"),
    ({"toolſ": []}, "written `tools`"),
    ({"tools": [{"type": "function", "function": {}, "Type": "mcp"}]}, "written `type`"),
    ({"messages": [{**USER, "Content": [{"type": "image_url"}]}]}, "written `content`"),
    (part({"type": "text", "text": "x", "Image_URL": {"url": "http://x"}}), "written `image_url`"),
    # Fields of a function that are no part of its schema.
    ({"tools": [{"type": "function", "function": {"name": "f", "server_url": "x"}}]}, "function.server_url"),
    ({"tools": [{"type": "function", "function": {"name": "f"}, "x": {"server": {"url": "x"}}}]}, "x.server.url"),
    # Addresses that are written in another way.
    (part({"type": "image_url", "image_url": {"url": " \thttp://x"}}), "image_url.url"),
    (part({"type": "image_url", "image_url": {"url": "//x/a.png"}}), "image_url.url"),
    (part({"type": "image_url", "image_url": {"url": "%68ttp://x"}}), "image_url.url"),
    (part({"type": "image_url", "image_url": {"url": PIXEL, "file": "file:/etc/passwd"}}), "image_url.file"),
    (part({"type": "image_url", "image_url": {"url": PIXEL, "URL": "http://x"}}), "written `url`"),
    (part({"type": "input_audio", "input_audio": {"data": "/etc/passwd", "format": "wav"}}), "input_audio.data"),
    (part({"type": "input_audio", "input_audio": {"data": " " * 150 + "http://x", "format": "wav"}}), "input_audio.data"),
    (part({"type": "file", "file": {"file_data": "file:/etc/passwd"}}), "file.file_data"),
    ({"messages": [{**USER, "images": ["/etc/a.png"]}]}, "images[0]"),
    ({"messages": [{**USER, "images": ["../b.png"]}]}, "images[0]"),
    ({"messages": [{**USER, "images": ["/" * 120 + "etc/passwd"]}]}, "images[0]"),
    ({"messages": [{**USER, "images": ["/proc/self/root" * 20 + "/etc/passwd"]}]}, "images[0]"),
    # What is no list, and no object.
    ({"messages": [{**USER, "images": 277}]}, "messages[0].images"),
    ({"messages": [{**USER, "images": [None]}]}, "messages[0].images[0]"),
    # What would be lost with an unknown object.
    ({"generationConfig": {"responseSchema": {"type": "object"}}}, "generationConfig.responseSchema"),
    ({"extra_body": {"guided_choice": ["a"]}}, "extra_body.guided_choice"),
    ({"sampling_params": {"stop": ["x"]}}, "sampling_params.stop"),
    ({"stopSequences": ["x"]}, "stopSequences"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "path"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_refused_is_named_with_its_path(body: dict[str, Any], path: str) -> None:
    assert path in refusal(body).message


def test_what_is_dangerous_stays_refused_where_all_passes() -> None:
    bodies: list[tuple[dict[str, Any], str]] = [
        ({"extra_body": {"model": "x"}}, "extra_body.model"),
        ({"image_urls": ["https://x"]}, "image_urls"),
        ({"messages": [{**USER, "videos": ["http://x"]}]}, "videos"),
        ({"messages": [{**USER, "files": [{"url": "x"}]}]}, "files.url"),
    ]
    for body, words in bodies:
        assert words in refusal(body, "open").message
    cited = [{"role": "assistant", "content": "x", "video_results": [{"link": "http://x"}]}, USER]
    assert fitted({"messages": cited, "style": "short"}, "open")[1] == ()
