"""Open WebUI's environment: https://docs.openwebui.com/getting-started/env-configuration."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from core.text import quote
from core.yaml.tree import Node
from registry.config.importing.draft import Draft, Server, server_of
from registry.config.importing.section import Section
from registry.config.importing.servers import known, provider_of_model

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(root: Node, draft: Draft) -> None:
    top = Section(root, "", draft.report)
    providers = [
        *_openai(top, draft, "OPENAI_API_"),
        *_ollama(top, draft),
        *_openai(top, draft, "RAG_OPENAI_API_"),
        *_openai(top, draft, "AUDIO_STT_OPENAI_API_"),
    ]
    rag = top.text("RAG_EMBEDDING_ENGINE")
    embedding = top.take("RAG_EMBEDDING_MODEL")
    if embedding and rag in ("openai", "ollama"):
        _listed(embedding, "embeddings", providers, draft)
    elif embedding:
        draft.report.note(embedding, "RAG_EMBEDDING_MODEL is not imported: no provider serves it.")
    for key in ("DEFAULT_MODELS", "DEFAULT_PINNED_MODELS", "TASK_MODEL", "TASK_MODEL_EXTERNAL"):
        _listed(top.take(key), "chat", providers, draft)
    _listed(top.take("MODEL_FILTER_LIST"), "chat", providers, draft)
    for name, entry in top.entries.items():
        draft.report.note(entry, f"{quote(name, 80)} is not imported.{_advice(name)}")
    for provider in providers:
        if not draft.providers[provider]["registry"]:
            message = f"No model of '{provider}' is named. Open WebUI fetches the list; list some "
            draft.report.note(root, f"{message}under its registry.")


def _advice(name: str) -> str:
    secret = any(word in name for word in ("KEY", "SECRET", "TOKEN", "PASSWORD"))
    return " It stays a secret of that program." if secret else " It is a setting of that program."


def _openai(top: Section, draft: Draft, prefix: str) -> list[str]:
    keys = _parts(top.take(f"{prefix}KEYS", f"{prefix}KEY"))
    urls = _parts(top.take(f"{prefix}BASE_URLS", f"{prefix}BASE_URL"))
    configs = _configs(top.take(f"{prefix}CONFIGS"), draft)
    enabled = top.text("ENABLE_OPENAI_API").lower() if prefix == "OPENAI_API_" else ""
    if not keys and not urls:
        return []
    providers = []
    for index in range(max(len(keys), len(urls), 1)):
        url = urls[index] if index < len(urls) else None
        key = keys[index] if index < len(keys) else None
        place = url or key or top.node
        url = url if url and url.value else None
        if enabled == "false":
            draft.report.note(
                place, "This provider is disabled there. Delete it if it is not used."
            )
        server = server_of(str(url.value)) if url else known("openai")
        assert server is not None
        name = draft.provider(Server(server, "", url, key), place)
        providers.append(name)
        _configured(
            configs.get(str(index)) or configs.get(url.value if url else ""), name, place, draft
        )
    return list(dict.fromkeys(providers))


def _ollama(top: Section, draft: Draft) -> list[str]:
    urls = _parts(top.take("OLLAMA_BASE_URLS", "OLLAMA_BASE_URL", "OLLAMA_API_BASE_URL"))
    configs = _configs(top.take("OLLAMA_API_CONFIGS"), draft)
    rag, rag_key = top.take("RAG_OLLAMA_BASE_URL"), top.take("RAG_OLLAMA_API_KEY")
    if top.text("ENABLE_OLLAMA_API").lower() == "false" and urls:
        draft.report.note(urls[0], "Ollama is disabled there. Delete it if it is not used.")
    server = known("ollama")
    assert server is not None
    providers = []
    for index, url in enumerate(urls):
        if url.value == "/ollama":
            url = url._replace(value="http://localhost:11434")
        config = configs.get(str(index)) or configs.get(url.value) or {}
        key = url._replace(value=config.pop("key", "")) if isinstance(config, dict) else None
        name = draft.provider(Server(server, "", url, key), url)
        providers.append(name)
        _configured(config, name, url, draft)
    if rag:
        providers.append(draft.provider(Server(server, "", rag, rag_key), rag))
    return list(dict.fromkeys(providers))


def _configured(config: Any, provider: str, place: Node, draft: Draft) -> None:
    """Take what OPENAI_API_CONFIGS says about one server."""
    if not isinstance(config, dict):
        return
    for model in config.get("model_ids") or ():
        draft.model(provider, str(model), place)
    for key in set(config) - {"model_ids", "enable", "key"}:
        draft.report.note(
            place, f"{quote(str(key))} of this server's configuration is not imported."
        )
    if config.get("enable") is False:
        draft.report.note(place, "This server is disabled there. Delete it if it is not used.")


def _configs(node: Node | None, draft: Draft) -> dict[str, Any]:
    if node is None:
        return {}
    try:
        configs = json.loads(str(node.value))
    except ValueError:
        configs = None
    if not isinstance(configs, dict):
        draft.report.note(node, "These configurations are not imported: they are not JSON.")
        return {}
    return configs


def _listed(node: Node | None, capability: str, providers: list[str], draft: Draft) -> None:
    for name in _names(node):
        provider = _provider_of(name, providers, draft)
        if node and provider:
            model_id = draft.model(provider, name, node, capabilities=[capability])
            draft.default(capability, model_id)
            if len(providers) > 1:
                message = f"{quote(name)} is listed under '{provider}'. Move it if this is wrong."
                draft.report.note(node, message)
        elif node:
            draft.report.note(node, f"{quote(name)} is not imported: its provider is not known.")


def _provider_of(name: str, providers: list[str], draft: Draft) -> str:
    """Return the provider that most likely has the model `name`."""
    for provider in providers:
        if name in draft.providers[provider]["registry"]:
            return provider
    ollama = [p for p in providers if "host" in draft.providers[p]]
    others = [p for p in providers if p not in ollama]
    openai = provider_of_model(name) == "openai"
    first = [p for p in others if p == "openai"] if openai else ollama if ":" in name else []
    return next(iter([*first, *(ollama if not openai else []), *others, *ollama]), "")


def _names(node: Node | None) -> list[str]:
    text = str(node.value) if node and node.value is not None else ""
    return [name.strip() for name in text.replace(";", ",").split(",") if name.strip()]


def _parts(node: Node | None) -> list[Node]:
    """Return the values of a list with semicolons, each with its place."""
    return list(_split(node)) if node else []


def _split(node: Node) -> Iterator[Node]:
    column = node.column
    for part in str(node.value).split(";"):
        yield Node(part.strip(), node.line, column)
        column += len(part) + 1
