"""What becomes of the items of a Responses request, and of their parts."""

from __future__ import annotations

from doors.fates import CARRIED, CHANGED, DROPPED, IGNORED, REFUSED, Fate

NO_IDS = "the file of an ID may be another user's. Send its content."
NO_FETCH = "the provider would fetch this address. Send the content as `file_data`."
_SERVERS = {"id": Fate(IGNORED), "status": Fate(IGNORED)}
_CALL = {
    "call_id": Fate(CHANGED, "the call's `id`"),
    "name": Fate(CARRIED),
    "namespace": Fate(CHANGED, "begins the function's name"),
}
_OUTPUT = {
    "type": Fate(CHANGED, "a message of the role tool"),
    "call_id": Fate(CHANGED, "`tool_call_id`"),
    "output": Fate(CHANGED, "text: several are separated by line ends, images follow"),
}
ITEMS = {
    "message": {
        "type": Fate(CARRIED), "role": Fate(CARRIED, "`developer` is `system`"),
        "content": Fate(CHANGED, "parts"), "phase": Fate(DROPPED), **_SERVERS,
    },
    "function_call": {
        "type": Fate(CHANGED, "a tool call"), **_CALL, "arguments": Fate(CARRIED), **_SERVERS,
    },
    "custom_tool_call": {
        "type": Fate(CHANGED, "a tool call"), **_CALL, "input": Fate(CHANGED, "its only argument"),
        **_SERVERS,
    },
    "function_call_output": {**_OUTPUT, **_SERVERS},
    "custom_tool_call_output": {**_OUTPUT, "name": Fate(IGNORED), **_SERVERS},
    "reasoning": {
        "type": Fate(CHANGED, "`reasoning_content` of the message that follows"),
        "summary": Fate(CHANGED, "`reasoning_content`"),
        "content": Fate(CHANGED, "`reasoning_content`"),
        "encrypted_content": Fate(CHANGED, "the portal's own: `thinking_blocks`; else dropped"),
        **_SERVERS,
    },
}  # fmt: skip
PARTS = {
    "input_text": {"type": Fate(CHANGED, "`text`"), "text": Fate(CARRIED)},
    "output_text": {
        "type": Fate(CHANGED, "`text`"), "text": Fate(CARRIED),
        "annotations": Fate(DROPPED, neutral=([],)), "logprobs": Fate(DROPPED, neutral=([],)),
    },
    "refusal": {"type": Fate(CHANGED, "`text`"), "refusal": Fate(CHANGED, "`text`")},
    "input_image": {
        "type": Fate(CHANGED, "`image_url`"), "image_url": Fate(CHANGED, "an object with `url`"),
        "detail": Fate(CARRIED, "one that the chat lacks is `high`"),
        "file_id": Fate(REFUSED, NO_IDS),
    },
    "input_file": {
        "type": Fate(CHANGED, "`file`"), "file_data": Fate(CARRIED), "filename": Fate(CARRIED),
        "file_id": Fate(REFUSED, NO_IDS),
        "file_url": Fate(REFUSED, NO_FETCH),
    },
    "input_audio": {"type": Fate(CARRIED), "input_audio": Fate(CARRIED)},
}  # fmt: skip
