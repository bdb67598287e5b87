"""What becomes of a Responses request's fields."""

from __future__ import annotations

from doors.fates import ANSWERED, CARRIED, CHANGED, DROPPED, NATIVE, REFUSED, Fate

STATELESS = "the portal keeps no responses. Send the whole conversation as `input`."
REQUEST = {
    "model": Fate(CARRIED),
    "input": Fate(CHANGED, "messages: see the items below"),
    "instructions": Fate(CHANGED, "a message of the role system"),
    "client_metadata": Fate(DROPPED),
    "max_output_tokens": Fate(CHANGED, "`max_tokens`"),
    "stream": Fate(CARRIED),
    "temperature": Fate(CARRIED),
    "top_p": Fate(CARRIED),
    "tools": Fate(CHANGED, "functions; custom tools become functions of one text"),
    "tool_choice": Fate(CHANGED, "the same in the chat's form"),
    "parallel_tool_calls": Fate(CARRIED),
    "text": Fate(CHANGED, "`response_format` and `verbosity`"),
    "reasoning": Fate(CHANGED, "`reasoning_effort`, left out if the model refuses it"),
    "include": Fate(
        ANSWERED,
        "`reasoning.encrypted_content`, and `message.output_text.logprobs`, which asks for "
        "`logprobs`; the others are dropped",
    ),
    "metadata": Fate(ANSWERED, "returned with the answer"),
    "user": Fate(CARRIED),
    "safety_identifier": Fate(CARRIED),
    "prompt_cache_key": Fate(CARRIED),
    "prompt_cache_retention": Fate(CARRIED),
    "service_tier": Fate(CARRIED, "dropped if it changes the price"),
    "store": Fate(DROPPED, "nothing is stored", neutral=(False,)),
    "truncation": Fate(NATIVE, neutral=("disabled",)),
    "stream_options": Fate(NATIVE, neutral=({}, {"include_obfuscation": False})),
    "max_tool_calls": Fate(NATIVE, "it counts tools that a server runs"),
    "top_logprobs": Fate(CHANGED, "`logprobs` and `top_logprobs`", neutral=(0,)),
    "background": Fate(REFUSED, STATELESS, neutral=(False,)),
    "previous_response_id": Fate(REFUSED, STATELESS),
    "conversation": Fate(REFUSED, STATELESS),
    "prompt": Fate(REFUSED, "a template is kept at the provider. Send its text as `input`."),
    "context_management": Fate(NATIVE, "to shorten long conversations"),
    "n": Fate(REFUSED, "a response is one answer. Send several requests.", neutral=(1,)),
}
# The caller's names for the fields of the conversation.
NAMES = {
    "messages": "input", "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens", "reasoning_effort": "reasoning.effort",
    "verbosity": "text.verbosity", "response_format": "text.format",
    "response_format.json_schema": "text.format", "tools": "tools", "tools.function": "tools",
    "stream_options": "", "logprobs": "include.message.output_text.logprobs",
}  # fmt: skip
BY_NUMBER = NAMES | {"logprobs": "top_logprobs"}  # if only that asks for probabilities
FUNCTION = {
    "type": Fate(CARRIED), "name": Fate(CARRIED), "description": Fate(CARRIED),
    "parameters": Fate(CARRIED), "strict": Fate(CARRIED), "defer_loading": Fate(NATIVE),
}  # fmt: skip
CUSTOM = {
    "type": Fate(CHANGED, "a function"),
    "name": Fate(CARRIED),
    "description": Fate(CARRIED),
    "format": Fate(CHANGED, "a grammar is added to the description"),
    "defer_loading": Fate(NATIVE),
}
NAMESPACE = {
    "type": Fate(CHANGED, "functions"),
    "name": Fate(CHANGED, "begins the functions' names"),
    "description": Fate(DROPPED),
    "tools": Fate(CHANGED, "functions"),
}
