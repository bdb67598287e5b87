"""What becomes of a Messages request's fields."""

from __future__ import annotations

from doors.fates import CARRIED, CHANGED, DROPPED, NATIVE, REFUSED, Fate

REQUEST = {
    "model": Fate(CARRIED),
    "messages": Fate(CHANGED, "see the blocks below"),
    "system": Fate(CHANGED, "a message of the role system"),
    "max_tokens": Fate(CARRIED),
    "stop_sequences": Fate(CHANGED, "`stop`"),
    "stream": Fate(CARRIED),
    "temperature": Fate(CARRIED),
    "top_p": Fate(CARRIED),
    "top_k": Fate(CARRIED),
    "tools": Fate(CHANGED, "functions; tools of the server itself are dropped"),
    "tool_choice": Fate(CHANGED, "`tool_choice` and `parallel_tool_calls`"),
    "thinking": Fate(CHANGED, "`reasoning_effort`, left out if the model refuses it"),
    "output_config": Fate(CHANGED, "`response_format` and `reasoning_effort`"),
    "output_format": Fate(CHANGED, "`response_format`"),
    "metadata": Fate(CHANGED, "`user_id` is `user`; dropped if it has over 64 characters"),
    "cache_control": Fate(NATIVE),
    "context_management": Fate(NATIVE, "edits of long conversations"),
    "service_tier": Fate(DROPPED, neutral=("auto",)),
    "betas": Fate(DROPPED, "clients send them as the header `anthropic-beta`"),
    "inference_geo": Fate(DROPPED, "where it runs, and what it costs"),
    "speed": Fate(DROPPED, "it costs several times as much", neutral=("standard",)),
    "thread": Fate(REFUSED, "the portal keeps none. Send the whole conversation as `messages`."),
    "compaction": Fate(REFUSED, "only the provider can read the answer, a block. Leave it out."),
    "container": Fate(REFUSED, "it may be another user's, at the provider. Leave it out."),
    "mcp_servers": Fate(
        REFUSED,
        "the provider would connect to these addresses. Call these servers yourself, and send "
        "their tools as `tools`.",
    ),
}
# The caller's names for the fields of the conversation.
NAMES = {
    "messages": "messages", "max_completion_tokens": "max_tokens", "stop": "stop_sequences",
    "user": "metadata.user_id", "parallel_tool_calls": "tool_choice.disable_parallel_tool_use",
    "tools": "tools", "tools.function": "tools", "tools.function.parameters": "tools.input_schema",
    "stream_options": "",
}  # fmt: skip
TOOL = {
    "type": Fate(CARRIED), "name": Fate(CARRIED), "description": Fate(CARRIED),
    "input_schema": Fate(CHANGED, "`parameters`"), "strict": Fate(CARRIED),
    "cache_control": Fate(CARRIED), "eager_input_streaming": Fate(NATIVE),
    "input_examples": Fate(NATIVE), "defer_loading": Fate(NATIVE),
    "allowed_callers": Fate(NATIVE),
}  # fmt: skip
_MARK = Fate(CARRIED, "not of an answer's text")
_CITED = Fate(NATIVE)
BLOCKS = {
    "text": {
        "type": Fate(CARRIED), "text": Fate(CARRIED, "an empty one is left out"),
        "cache_control": _MARK, "citations": _CITED,
    },
    "image": {
        "type": Fate(CHANGED, "`image_url`; of results, it follows in a user's message"),
        "source": Fate(CHANGED, "a `data:` URL"), "cache_control": _MARK,
    },
    "document": {
        "type": Fate(CHANGED, "a `file`, or text"),
        "source": Fate(CHANGED, "a `data:` URL, or text"),
        "title": Fate(CHANGED, "the file's name"), "context": Fate(NATIVE), "citations": _CITED,
        "cache_control": _MARK,
    },
    "search_result": {
        "type": Fate(CHANGED, "text: the title, the source, the content"),
        "source": Fate(CHANGED, "text"), "title": Fate(CHANGED, "text"),
        "content": Fate(CHANGED, "text"), "citations": _CITED, "cache_control": _MARK,
    },
    "tool_use": {
        "type": Fate(CHANGED, "a tool call"), "id": Fate(CARRIED), "name": Fate(CARRIED),
        "input": Fate(CHANGED, "JSON as text"), "cache_control": Fate(NATIVE),
        "caller": Fate(NATIVE, neutral=({"type": "direct"},)),
    },
    "tool_result": {
        "type": Fate(CHANGED, "a message of the role tool, before the turn's other blocks"),
        "tool_use_id": Fate(CHANGED, "`tool_call_id`"),
        "content": Fate(CHANGED, "text: several are separated by line ends"),
        "is_error": Fate(CHANGED, "`Error: ` before the text"), "cache_control": Fate(NATIVE),
    },
    "thinking": {
        "type": Fate(CHANGED, "`reasoning_content`, and with a signature `thinking_blocks`"),
        "thinking": Fate(CHANGED), "signature": Fate(CHANGED, "for the server that signed it"),
    },
    "redacted_thinking": {
        "type": Fate(CHANGED, "`thinking_blocks`"),
        "data": Fate(CHANGED, "for the server that wrote it"),
    },
}  # fmt: skip
