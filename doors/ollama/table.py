"""What becomes of the fields of Ollama's requests."""

from __future__ import annotations

from doors.fates import CARRIED, CHANGED, DROPPED, REFUSED, Fate

_BOTH = {
    "model": Fate(CARRIED, "a model's ID, with or without `:latest`"),
    "stream": Fate(CARRIED, "true by default"),
    "format": Fate(CHANGED, "`response_format`", neutral=("",)),
    "think": Fate(CHANGED, "`reasoning_effort`, left out if the model refuses it"),
    "options": Fate(CHANGED, "see below", neutral=({},)),
    "logprobs": Fate(CARRIED, neutral=(False,)),
    "top_logprobs": Fate(CARRIED, neutral=(0,)),
    "keep_alive": Fate(DROPPED, "the model's `options` in models.yaml have it"),
    "truncate": Fate(DROPPED),
    "shift": Fate(DROPPED),
}
_TEMPLATE = Fate(REFUSED, "the model's own template is used. Leave it out.", neutral=("",))
CHAT = _BOTH | {
    "messages": Fate(CHANGED, "see below"),
    "tools": Fate(CARRIED, neutral=([],)),
    "template": _TEMPLATE,
}
GENERATE = _BOTH | {
    "prompt": Fate(CHANGED, "a user's message"),
    "system": Fate(CHANGED, "a message of the role system", neutral=("",)),
    "images": Fate(CHANGED, "parts of the user's message", neutral=([],)),
    "raw": Fate(CHANGED, "a raw completion", neutral=(False,)),
    "suffix": Fate(CHANGED, "a raw completion's `suffix`", neutral=("",)),
    "template": _TEMPLATE,
    "context": Fate(
        REFUSED, "its tokens mean something to one server only. POST messages to /api/chat.", ([],)
    ),
    "width": Fate(DROPPED, neutral=(0,)),
    "height": Fate(DROPPED, neutral=(0,)),
    "steps": Fate(DROPPED, neutral=(0,)),
}
_LOADING = Fate(DROPPED, "how a server loads a model")
OPTIONS = {
    "num_predict": Fate(CHANGED, "`max_tokens`; none if it is negative"),
    "stop": Fate(CARRIED, neutral=([],)),
    "seed": Fate(CARRIED),
    "temperature": Fate(CARRIED),
    "top_p": Fate(CARRIED),
    "top_k": Fate(CARRIED),
    "min_p": Fate(CARRIED),
    "typical_p": Fate(CARRIED),
    "tfs_z": Fate(CARRIED),
    "presence_penalty": Fate(CARRIED),
    "frequency_penalty": Fate(CARRIED),
    "repeat_penalty": Fate(CARRIED),
    "repeat_last_n": Fate(CARRIED),
    "mirostat": Fate(CARRIED),
    "mirostat_tau": Fate(CARRIED),
    "mirostat_eta": Fate(CARRIED),
    "num_keep": Fate(CHANGED, "`n_keep`"),
    "penalize_newline": Fate(CHANGED, "`penalize_nl`"),
    **dict.fromkeys((
        "num_ctx", "num_gpu", "num_batch", "num_thread", "main_gpu", "low_vram", "f16_kv", "numa",
        "vocab_only", "use_mmap", "use_mlock", "logits_all", "embedding_only",
        "rope_frequency_base", "rope_frequency_scale", "num_gqa", "draft_num_predict",
    ), _LOADING),
}  # fmt: skip
# The conversation's names of options, and the caller's names for all of its fields.
RENAMED = {"num_predict": "max_tokens", "num_keep": "n_keep", "penalize_newline": "penalize_nl"}
NAMES = {RENAMED.get(name, name): f"options.{name}" for name in OPTIONS} | {
    "max_completion_tokens": "options.num_predict", "response_format": "format",
    "response_format.json_schema": "format", "reasoning_effort": "think", "think": "think",
    "stream_options": "",
}  # fmt: skip
EMBED = {
    "model": Fate(CARRIED),
    "input": Fate(CARRIED),
    "dimensions": Fate(CARRIED),
    "truncate": Fate(DROPPED, "a text that is too long is an error"),
    "keep_alive": Fate(DROPPED),
    "options": Fate(DROPPED, neutral=({},)),
}
EMBEDDINGS = {
    "model": Fate(CARRIED),
    "prompt": Fate(CHANGED, "`input`"),
    "keep_alive": Fate(DROPPED),
    "options": Fate(DROPPED, neutral=({},)),
}
MESSAGE = {
    "role": Fate(CARRIED),
    "content": Fate(CARRIED),
    "images": Fate(CHANGED, "parts; those of results follow in a user's message"),
    "thinking": Fate(CHANGED, "`reasoning_content`"),
    "tool_calls": Fate(CHANGED, "arguments are text; calls without an `id` get one"),
    "tool_name": Fate(CHANGED, "`tool_call_id`, of the first such call without a result"),
    "tool_call_id": Fate(CARRIED),
    "name": Fate(CHANGED, "as `tool_name`; carried outside of results"),
}
