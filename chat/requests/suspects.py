"""
Unknown fields whose names say that a server would fetch, connect, reroute, load, write or bill.

Where all fields pass, gateways' and servers' own parameters would, too, and there are new ones with
each of their versions. So words of the names count. An operator who means such a field lists it in
`pass`. Gathered from the parameters of LiteLLM, vLLM, SGLang, llama.cpp, Ollama, LM Studio and
OpenRouter.
"""

from __future__ import annotations

import re
from functools import lru_cache

from chat.requests.fields import KNOWN, snake

# Gateways read these in `metadata`, too.
GATEWAYS = re.compile(
    r"^(?:litellm|langfuse|langsmith|arize|posthog|braintrust|lunary|humanloop|wandb|weave|phoenix"
    r"|helicone|portkey|gcs|s3|aws|sagemaker|vertex|azure|watsonx|wx|dd|datadog|slack|x_goog|hf"
    r"|user_api_key|api_key|api_base|base_url|user_config|fallbacks|model_list|guardrails?"
    r"|mock|no_log)(?:_|$)"
)
_WORDS: dict[str, tuple[str, ...]] = {
    "the address of a server": (
        "urls?", "uris?", "addr", "address", "ports?", "hosts?", "endpoints?", "regions?",
        "locations?", "dsn", "proxy", "webhooks?", "callbacks?", "notify", "remote", "network",
        "interface", "mcp", "connectors?", "bootstrap", "kv",
    ),
    "a key or an identity": (
        "credentials?", "secrets?", "token", "passwords?", "username", "cookies?", "auth", "byok",
        "tenant", "scope", "org", "organi[sz]ation", "projects?", "space", "teams?", "accounts?",
        "customer", "betas?",
    ),
    "where a request goes": (
        "fallbacks?", "deployments?", "route[rds]?", "providers?", "order", "only", "ignore",
        "sort", "quantizations", "guardrails?", "polic(?:y|ies)", "plugins?", "web", "search",
        "browser?",
        "browse", "fetch", "exa", "grounding", "retrieval", "server", "collection", "zdr",
        "retries", "timeout", "prefill", "decode", "dp",
    ),
    "what a server loads, runs or writes": (
        "loras?", "adapters?", "checkpoints?", "paths?", "dirs?", "files?", "filename", "uploads?",
        "save", "storage", "bucket", "load", "unload", "load_on", "jit", "ttl", "gpu", "ctx",
        "mmproj", "mmap",
        "speculative", "draft", "discard", "corpus", "exec", "execute", "execution", "shell",
        "command", "scripts?", "code", "codes", "eval", "hooks?", "hidden", "experts", "template",
        "processors?", "debug", "log", "logs", "logg(?:er|ing)", "traces?", "background",
        "attachments?", "sources?", "tools",
    ),
    "the scheduling, slots and caches of others": (
        "slots?", "cache", "cached", "caching", "sessions?", "conversations?", "threads?",
        "assistants?", "containers?", "interaction", "priority", "prompt_id", "dotprompt",
    ),
    "what an answer costs": (
        "tier", "billing", "budget", "quota", "price", "cost", "rpm", "tpm", "flex", "charge",
        "performance", "speed", "discount",
    ),
}  # fmt: skip
_SUSPECTS = {
    why: re.compile(rf"(?:^|_)(?:{'|'.join(words)})(?:_|$)") for why, words in _WORDS.items()
}


@lru_cache(maxsize=1024)
def _why(name: str) -> str | None:
    if GATEWAYS.match(name):
        return "a gateway's parameter"
    return next((why for why, words in _SUSPECTS.items() if words.search(name)), None)


def why_suspect(name: str) -> str | None:
    """Return what callers do not choose by an unknown field of this name, or None."""
    return None if name in KNOWN else _why(snake(name[:100]).replace(".", "_"))


def is_gateways(name: str) -> bool:
    """Would a gateway read it as a parameter, where the caller's own notes are expected?"""
    return bool(GATEWAYS.match(snake(name[:100])))
