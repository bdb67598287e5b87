"""LiteLLM's config.yaml: https://docs.litellm.ai/docs/proxy/configs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.text import quote
from registry.config.importing.draft import Draft, Server, server_of
from registry.config.importing.fallbacks import read_fallbacks
from registry.config.importing.section import Section
from registry.config.importing.servers import Known, known, provider_of_model
from registry.model_id import guess_capability

if TYPE_CHECKING:
    from core.yaml.tree import Node

OPTIONS = ("temperature", "top_p", "max_tokens", "max_completion_tokens", "presence_penalty", "n",
    "frequency_penalty", "stop", "seed", "logit_bias", "reasoning_effort", "thinking", "top_k",
    "response_format", "service_tier", "user", "parallel_tool_calls", "num_ctx", "keep_alive",
    "repetition_penalty", "min_p", "dimensions", "verbosity", "store", "logprobs",
    "top_logprobs")  # fmt: skip
MODES = {"chat": "chat", "completion": "chat", "responses": "chat", "embedding": "embeddings",
    "rerank": "rerank", "audio_transcription": "transcription",
    "image_generation": "image_generation"}  # fmt: skip


def read(root: Node, draft: Draft) -> None:
    top = Section(root, "", draft.report)
    credentials = _credentials(top, draft)
    names: dict[str, str] = {}
    for node in top.items("model_list"):
        _model(Section(node, "model_list", draft.report), draft, credentials, names)
    for key in ("litellm_settings", "general_settings", "router_settings"):
        section = top.section(key)
        read_fallbacks(section, draft, names)
        section.finish()
    top.finish()


def _credentials(top: Section, draft: Draft) -> dict[str, Section]:
    found = {}
    for node in top.items("credential_list"):
        section = Section(node, "credential_list", draft.report)
        name = section.text("credential_name")
        found[name] = section.section("credential_values")
        section.finish()
    return found


def _model(
    entry: Section, draft: Draft, credentials: dict[str, Section], names: dict[str, str]
) -> None:
    alias = entry.text("model_name")
    params, info = entry.section("litellm_params"), entry.section("model_info")
    prefix, name = _split(params.text("model"), params.text("custom_llm_provider"))
    credential = credentials.get(params.text("litellm_credential_name"))
    server = _server(prefix, params, credential, draft)
    mode = info.text("mode")
    if server is None or (mode and mode not in MODES) or not name:
        why = f"mode {quote(mode)}" if server and name else f"the provider {quote(prefix)}"
        draft.report.note(
            entry.node,
            f"{quote(alias)} is not imported: there is no wire format for {why}.",
        )
        return
    provider = draft.provider(server, entry.node)
    fields = _fields(params, info, MODES.get(mode) or guess_capability(name))
    params.finish()
    info.finish()
    entry.finish()
    if "*" in name or name == "":
        draft.report.note(
            entry.node, f"Wildcards are not listed. Callers may name any model of '{provider}'."
        )
        return
    if alias and alias not in (name, f"{provider}:{name}"):
        fields["title"] = alias
    model_id = draft.model(provider, name, entry.node, **fields)
    _note_alias(alias, model_id, entry, draft, names)
    for capability in fields["capabilities"]:
        draft.default(capability, model_id)


def _note_alias(
    alias: str, model_id: str, entry: Section, draft: Draft, names: dict[str, str]
) -> None:
    first = names.setdefault(alias, model_id)
    if first != model_id:
        message = "Each is a model of its own. If they are one, list their servers in `endpoints`."
        draft.report.note(entry.node, f"{quote(alias)} names several models. {message}")
    elif alias and model_id:
        draft.report.note(
            entry.node, f"Callers write {quote(model_id, 80)} where they wrote {quote(alias)}."
        )


def _split(model: str, provider: str) -> tuple[str, str]:
    """Return LiteLLM's provider and the name of the model there."""
    prefix, slash, rest = model.partition("/")
    if provider:
        return provider, rest if prefix == provider and slash else model
    if slash:
        return prefix, rest
    if model == "*":
        return "openai", model
    return provider_of_model(model) or "openai", model


def _server(
    prefix: str, params: Section, credential: Section | None, draft: Draft
) -> Server | None:
    parts = [part for part in (params, credential) if part]
    address = _first(parts, "api_base", "base_url")
    key = _first(parts, "api_key")
    provider = known(prefix)
    if provider and provider.name == "openai" and address:
        provider = server_of(str(address.value))
    if provider is None and address and prefix not in ("bedrock", "vertex_ai", "sagemaker"):
        provider = Known("server", "openai")
    if provider is None:
        return None
    if provider.name == "azure":
        params.take("api_version")
    headers = draft.headers(params, "extra_headers", "headers")
    return Server(provider, "", address, key, headers)


def _first(parts: list[Section], *keys: str) -> Node | None:
    nodes = [
        part.take(*keys) if index == 0 else _peek(part, *keys) for index, part in enumerate(parts)
    ]
    return next((node for node in nodes if node is not None), None)


def _peek(section: Section, *keys: str) -> Node | None:
    return next((section.entries[key].node for key in keys if key in section.entries), None)


def _fields(params: Section, info: Section, capability: str) -> dict[str, Any]:
    options = {key: params.data(key) for key in OPTIONS if key in params.entries}
    extra = params.data("extra_body")
    options |= extra if isinstance(extra, dict) else {}
    options |= {str(key): None for key in params.data("additional_drop_params") or ()}
    window = info.number("max_input_tokens", "max_tokens")
    costs = [
        info.number(f"{kind}_cost_per_token") or params.number(f"{kind}_cost_per_token")
        for kind in ("input", "output")
    ]
    price = {"input": _million(costs[0]), "output": _million(costs[1])} if any(costs) else None
    return {
        "capabilities": [capability],
        "context_window": window if isinstance(window, int) and window > 0 else None,
        "timeout": params.number("timeout", "stream_timeout", "request_timeout"),
        "options": options,
        "price": price,
    }


def _million(cost: float | None) -> float:
    return round((cost or 0) * 1_000_000, 6)
