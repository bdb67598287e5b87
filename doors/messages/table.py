"""What becomes of a Messages request's fields."""

from __future__ import annotations

from doors.fates import CARRIED, CHANGED, DROPPED, NATIVE, REFUSED, Fate

REQUEST = {
    "model": Fate(CARRIED),
    "messages": Fate(CHANGED, "see below"),
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
    "inference_geo": Fate(NATIVE),
    "speed": Fate(NATIVE),
    "container": Fate(REFUSED, "a container on the provider's side may be another user's."),
    "mcp_servers": Fate(REFUSED, "the provider would connect to these addresses."),
}
TOOL = {
    "type": Fate(CARRIED), "name": Fate(CARRIED), "description": Fate(CARRIED),
    "input_schema": Fate(CHANGED, "`parameters`"), "strict": Fate(CARRIED),
    "cache_control": Fate(CARRIED), "eager_input_streaming": Fate(NATIVE),
    "input_examples": Fate(NATIVE), "defer_loading": Fate(NATIVE),
    "allowed_callers": Fate(NATIVE),
}  # fmt: skip
