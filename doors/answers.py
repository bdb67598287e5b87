"""What becomes of a provider's answer, by the names of OpenAI's chat, in the API of each door."""

from __future__ import annotations

from doors.fates import CARRIED, CHANGED, DROPPED, Fate

_LOST = {
    "annotations": Fate(DROPPED), "citations": Fate(DROPPED), "audio": Fate(DROPPED),
    "images": Fate(DROPPED), "phase": Fate(DROPPED),
    "provider_specific_fields": Fate(DROPPED, "as results of a server's own tools"),
}  # fmt: skip
MESSAGES = {
    "content": Fate(CHANGED, "`text` blocks"),
    "reasoning_content": Fate(CHANGED, "a `thinking` block, without a signature if it has none"),
    "thinking_blocks": Fate(CHANGED, "`thinking` and `redacted_thinking` blocks"),
    "refusal": Fate(CHANGED, "a `text` block, and `stop_reason`"),
    "tool_calls": Fate(CHANGED, "`tool_use`; arguments that are no object become one field, and "
                                "are streamed as they are"),
    "finish_reason": Fate(CHANGED, "`stop_reason`"),
    "stop_reason": Fate(CHANGED, "`stop_sequence`, if it is one of the caller's"),
    "usage": Fate(CHANGED, "with the cache's tokens; zeros if the provider does not count"),
    "reasoning_tokens": Fate(DROPPED),
    "logprobs": Fate(DROPPED),
    **_LOST,
}  # fmt: skip
RESPONSES = {
    "content": Fate(CHANGED, "an item of the type `message`"),
    "reasoning_content": Fate(CHANGED, "`summary` of an item of the type `reasoning`"),
    "thinking_blocks": Fate(CHANGED, "`encrypted_content`, if it is included"),
    "refusal": Fate(CHANGED, "a part of the type `refusal`"),
    "tool_calls": Fate(CHANGED, "items; none of a call's arguments are `{}`"),
    "finish_reason": Fate(CHANGED, "`status`, and `incomplete_details`"),
    "stop_reason": Fate(DROPPED),
    "usage": Fate(CHANGED, "null if the provider does not count"),
    "reasoning_tokens": Fate(CARRIED),
    "logprobs": Fate(CARRIED),
    **_LOST,
}
OLLAMA = {
    "content": Fate(CARRIED),
    "reasoning_content": Fate(CHANGED, "`thinking`"),
    "thinking_blocks": Fate(DROPPED, "their text is in `thinking`; signatures have no field"),
    "refusal": Fate(CHANGED, "`content`"),
    "tool_calls": Fate(CHANGED, "whole, at the end; arguments that are no object become one field"),
    "finish_reason": Fate(CHANGED, "`done_reason`; calls end with `stop`"),
    "stop_reason": Fate(DROPPED),
    "usage": Fate(CHANGED, "`prompt_eval_count` and `eval_count`; cached tokens are not apart"),
    "reasoning_tokens": Fate(DROPPED),
    "logprobs": Fate(CARRIED),
    **_LOST,
}
