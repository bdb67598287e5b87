"""
The table of a chat request's fields, for every door: which pass, which are refused, and why.

    OPENAI     OpenAI's own
    EXTRA      samplers and switches of vLLM, SGLang, llama.cpp, OpenRouter and others
    DANGEROUS  what makes a provider fetch, connect, reroute, load or impersonate, or touches the
               scheduling, slots and caches of others

Every other field is dropped and reported, or passes if models.yaml says so (`pass`).
References: https://platform.openai.com/docs/api-reference/chat/create,
https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html,
https://docs.sglang.ai/basic_usage/sampling_params.html,
https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md,
https://openrouter.ai/docs/api-reference/parameters
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

OPENAI = frozenset({
    "messages", "model", "stream", "stream_options", "temperature", "top_p", "n", "stop",
    "max_tokens", "max_completion_tokens", "presence_penalty", "frequency_penalty", "logit_bias",
    "logprobs", "top_logprobs", "seed", "tools", "tool_choice", "parallel_tool_calls",
    "response_format", "reasoning_effort", "modalities", "audio", "user", "metadata", "store",
    "service_tier", "safety_identifier", "prompt_cache_key", "prompt_cache_retention",
    "prediction", "verbosity", "functions", "function_call", "web_search_options",
})  # fmt: skip
EXTRA = frozenset({
    # samplers
    "top_k", "top_a", "min_p", "typical_p", "tfs_z", "top_n_sigma", "min_keep", "repeat_penalty",
    "repetition_penalty", "length_penalty", "typ_p", "do_sample", "repeat_last_n", "penalize_nl",
    "mirostat", "mirostat_tau", "mirostat_eta", "dynatemp_range", "dynatemp_exponent",
    "xtc_probability",
    "xtc_threshold", "dry_multiplier", "dry_base", "dry_allowed_length", "dry_penalty_last_n",
    "dry_sequence_breakers", "samplers", "random_seed", "use_beam_search", "best_of", "n_probs",
    "allowed_token_ids", "bad_words", "min_tokens", "n_predict", "n_keep", "num_predict",
    # where an answer ends, and how it is written
    "stop_token_ids", "stop_regex", "no_stop_trim", "include_stop_str_in_output", "ignore_eos",
    "skip_special_tokens", "spaces_between_special_tokens", "truncate_prompt_tokens",
    "prompt_logprobs", "echo", "add_generation_prompt", "continue_final_message",
    "add_special_tokens", "return_tokens_as_token_ids", "return_token_ids", "return_tokens",
    "post_sampling_probs", "timings_per_token", "t_max_predict_ms", "return_progress",
    # its form
    "guided_json", "guided_regex", "guided_choice", "guided_grammar", "guided_decoding_backend",
    "guided_whitespace_pattern", "structural_tag", "structured_outputs", "regex", "ebnf", "grammar",
    "grammar_lazy", "grammar_triggers", "json_schema", "format", "nvext", "image_config",
    # thoughts
    "reasoning", "include_reasoning", "thinking", "think", "enable_thinking", "thinking_budget",
    "reasoning_format", "reasoning_budget", "reasoning_split", "thinking_forced_open",
    "separate_reasoning", "stream_reasoning", "chat_template_kwargs", "prompt_mode",
    "thinking_token_budget",
    # other switches
    "safe_prompt", "usage", "documents", "cache_prompt", "cache_salt", "keep_alive", "options",
    "parse_tool_calls", "parallel_tools", "disable_tool_validation", "citation_options",
    "return_images", "return_related_questions", "prefix", "system_prompt_mode", "transforms",
})  # fmt: skip
KNOWN = OPENAI | EXTRA
# Of a raw completion: OpenAI's own, and the samplers and switches of others.
COMPLETION = (EXTRA - {"messages", "documents", "options"}) | frozenset({
    "model", "prompt", "suffix", "stream", "stream_options", "temperature", "top_p", "n", "stop",
    "max_tokens", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "seed", "user",
    "response_format", "store",
})  # fmt: skip
EMBEDDING = frozenset({
    "input", "model", "encoding_format", "dimensions", "user",
    # of Voyage, Cohere, Jina, NIM, vLLM and others
    "input_type", "truncate", "truncation", "truncate_prompt_tokens", "task", "task_type",
    "normalize", "normalized", "output_dimension", "output_dtype", "embedding_type",
    "embedding_types", "prompt_name", "late_chunking",
})  # fmt: skip

RERANK = frozenset({
    "query", "documents", "model", "top_n", "return_documents", "max_tokens_per_doc", "user",
    # of Voyage, Jina, older Cohere, vLLM, SiliconFlow, TEI and others
    "top_k", "truncation", "truncate", "truncation_side", "truncate_prompt_tokens", "instruction",
    "max_tokens_per_query", "max_chunks_per_doc", "overlap_tokens", "rank_fields", "raw_scores",
    "use_activation", "activation", "softmax", "max_query_length", "max_doc_length",
})  # fmt: skip
IMAGE_GENERATION = frozenset({
    "prompt", "model", "n", "size", "quality", "style", "background", "moderation",
    "response_format", "output_format", "output_compression", "stream", "partial_images", "user",
    # of Together, SiliconFlow, xAI, Stable Diffusion's servers and others
    "seed", "negative_prompt", "steps", "step", "num_inference_steps", "guidance_scale", "guidance",
    "cfg_scale", "true_cfg_scale", "width", "height", "aspect_ratio", "resolution", "image_size",
    "batch_size", "sampler", "sample_method", "scheduler", "clip_skip", "prompt_enhancement",
})  # fmt: skip
# The fields of a form. Some have brackets, as in `chunking_strategy[type]`.
TRANSCRIPTION = frozenset({
    "file", "model", "language", "prompt", "response_format", "temperature", "stream", "include",
    "timestamp_granularities", "chunking_strategy", "known_speaker_names",
    "known_speaker_references",
    # of vLLM, speaches and others
    "to_language", "seed", "top_p", "top_k", "min_p", "repetition_penalty", "presence_penalty",
    "frequency_penalty", "max_completion_tokens", "stream_include_usage",
    "stream_continuous_usage_stats", "hotwords", "vad_filter", "beam_size", "best_of", "diarize",
    "word_timestamps", "no_speech_threshold", "condition_on_previous_text", "context_bias",
})  # fmt: skip

# Names as `plain` returns them: clients spell them in many ways.
DANGEROUS = {
    "the address of a server": {
        "apibase", "baseurl", "apiurl", "url", "endpoint", "host", "hostname", "proxy", "proxies",
        "apiversion", "azureendpoint", "callbackurl", "webhook", "webhookurl", "bootstraphost",
        "bootstrapport", "bootstraproom", "serverurl", "azureaddeployment", "vertexlocation",
        "vertexproject", "callback", "awsregionname", "regionname", "awsbedrockruntimeendpoint",
    },
    "a key or an identity": {
        "apikey", "apitoken", "authorization", "extraheaders", "headers", "defaultheaders",
        "extraquery", "defaultquery", "userconfig", "awsaccesskeyid",
        "awssecretaccesskey", "awssessiontoken", "vertexcredentials", "azureadtoken", "clientid",
        "clientsecret", "accesstoken", "byok", "cookies", "requestid", "rid", "proxyserverrequest",
    },
    "where a request goes": {
        "models", "route", "provider", "providers", "fallbacks", "contextwindowfallbackdict",
        "plugins", "customllmprovider", "mockresponse", "modellist", "litellmparams", "router",
        "dataparallelrank", "searchparameters", "searchsettings",
        "connectors", "mcpservers", "datasources", "preset", "backendinstanceid", "workerid",
        "decodeworkerid", "prefillworkerid", "dprank", "routeddprank", "disaggprefilldprank",
    },
    "what a server loads": {
        "chattemplate", "promptembeds", "loraname", "lorarequest", "lorapath", "lora", "adapter",
        "adapterid", "adaptersource", "adapters",
        "loras", "imageloras", "loraweights", "loraadapters", "overridesettings", "alwaysonscripts",
        "scriptname", "checkpoint", "sdmodelcheckpoint", "controlnet", "controlnets",
        "draftmodel", "logitsprocessors", "customlogitprocessor",
        "customparams", "vllmxargs", "mmprocessorkwargs", "mediaiokwargs", "tokenizer",
        "multimodaldata", "multimodaluuids", "imagedata", "videodata", "audiodata", "numgpu",
        "maingpu", "numthread", "numctx", "numbatch", "usemmap", "usemlock", "numa", "lowvram",
        "f16kv", "vocabonly", "logitsall", "embeddingonly", "ropefrequencybase",
        "ropefrequencyscale",
        "template", "extraargs", "inputembeds", "precomputedembeddings", "tokendata",
    },
    "the scheduling, slots and caches of others": {
        "priority", "idslot", "slotid", "kvtransferparams", "ectransferparams", "sessionparams",
        "extrakey",
    },
    "the data of other users": {
        "fileid", "fileids", "vectorstoreids", "previousresponseid", "containerid", "skillid",
    },
}  # fmt: skip
WHY = {name: why for why, names in DANGEROUS.items() for name in names}

# Gateways have such a field for each of their services: `langfuse_host`, `aws_sts_endpoint`, …
SERVER = re.compile(
    r"(?:host|endpoint|apibase|(?:endpoint|base|server|deployment|proxy|webhook)ur[il])$"
)

# Fields whose content is the caller's own: nothing in it is an option of a server.
FREE = frozenset({
    "messages", "tools", "functions", "response_format", "metadata", "logit_bias", "json_schema",
    "guided_json", "guided_choice", "guided_regex", "guided_grammar", "structured_outputs",
    "structural_tag", "regex", "ebnf", "grammar", "format", "prediction", "tool_choice",
    "function_call", "documents", "stop", "bad_words", "user", "prompt_cache_key",
    "safety_identifier", "grammar_triggers", "dry_sequence_breakers", "model", "web_search_options",
    "prompt",
})  # fmt: skip
# Of these only the whole request has its own: inside of an option they would replace them.
REQUEST = frozenset({"messages", "model", "tools", "functions"})
# What of a tool is its schema and its words.
TOOL = frozenset({
    "name", "title", "description", "parameters", "strict", "input_schema", "inputSchema",
    "output_schema", "outputSchema", "schema", "returns", "response", "examples", "input_examples",
    "annotations", "definition", "format",
})  # fmt: skip
# The arguments of a template's renderer, beside the variables of the template.
RENDERER = frozenset({
    "tokenize", "conversation", "returntensors", "returndict", "padding", "truncation", "maxlength",
    "tokenizerkwargs", "processorkwargs", *DANGEROUS["what a server loads"],
})  # fmt: skip
# A field of this kind of name would be loaded, if its value is an address.
LOADED = re.compile(r"image|video|audio|voice|media|file|document|attachment|photo|pdf")
URL = re.compile(r"\s*(?!data:)[a-z][a-z0-9+.\-]*:[/\\]", re.IGNORECASE)
# Of content: a URL, or a path. Base64 may begin as a path does, but is longer than any path can be.
MAX_PATH = 4096
ADDRESS = re.compile(
    rf"(?!data:|[a-z0-9+/=_\-]{{{MAX_PATH}}})(?:[a-z][a-z0-9+.\-]*:|//|\\\\|[/~.](?!9j/))",
    re.IGNORECASE,
)
_FORMS = r"schema|grammar|guided|regex|constrain|structured|ebnf|json_?mode|json_?object"
CONSTRAINING = re.compile(
    rf"{_FORMS}|(?:^|_)(?:stop|choices?|format)(?:_|$)|(?:^|_)stop(?:words|sequences|strings)"
)
CONSTRAINING_INSIDE = re.compile(
    rf"{_FORMS}|^(?:stop|stop_sequences|stop_strings|response_format)$"
)
# What of a `data:` URL comes before the content, which is no address itself.
DATA = re.compile(
    r"data:(?:[\w.+\-]+/[\w.+\-]+)?(?:;[\w.+\-]+(?:=[^;,:/]*)?)*,(?!\s*(?:[a-z][a-z0-9+.\-]*:)?[/\\]{2})",
    re.IGNORECASE,
)
MAX_NAME = 64  # characters; no longer name means anything to a server


def plain(name: str) -> str:
    """Return a field's name without case, `_`, `-` and `.`, in the letters that it looks like.

    Servers in Go compare names without case, by Unicode's rules: ſ is s, and K is k.
    """
    return _plain(name) if len(name) <= MAX_NAME else ""


@lru_cache(maxsize=1024)  # most requests have the same names
def _plain(name: str) -> str:
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]", "", name).lower()


def snake(name: str) -> str:
    """Return a field's name in lower case, its words separated by `_`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|-", "_", name).lower()


@cache
def _plain_names(names: frozenset[str]) -> dict[str, str]:
    return {plain(name): name for name in names}


def meant(name: str, names: frozenset[str]) -> str | None:
    """Return the name that a server without regard to case takes `name` for, if not itself."""
    return None if name in names else _plain_names(names).get(plain(name))
