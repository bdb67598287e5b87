"""Continue's config.yaml, and its older config.json: https://docs.continue.dev/reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.text import quote
from registry.config.importing.draft import Draft, Server, server_of
from registry.config.importing.section import Section
from registry.config.importing.servers import Known, known
from registry.model_id import guess_capability

if TYPE_CHECKING:
    from core.yaml.tree import Node

OPTIONS = {"maxTokens": "max_tokens", "temperature": "temperature", "topP": "top_p",
    "topK": "top_k", "minP": "min_p", "presencePenalty": "presence_penalty", "stop": "stop",
    "frequencyPenalty": "frequency_penalty", "n": "n", "seed": "seed",
    "keepAlive": "keep_alive", "reasoningEffort": "reasoning_effort"}  # fmt: skip
ROLES = {"chat": "chat", "edit": "chat", "apply": "chat", "summarize": "chat",
    "autocomplete": "chat", "embed": "embeddings",
    "rerank": "rerank"}  # fmt: skip


def read(root: Node, draft: Draft) -> None:
    top = Section(root, "", draft.report)
    top.text("name", "version", "schema")
    for key in ("models", "tabAutocompleteModel", "embeddingsProvider"):
        for node in top.items(key):
            embeds = key == "embeddingsProvider"
            _model(Section(node, key, draft.report), draft, ["embed"] if embeds else [])
    top.finish()


def _model(entry: Section, draft: Draft, roles: list[str]) -> None:
    name, program = entry.text("model"), entry.text("provider")
    server, extra = _server(entry, program, draft)
    if server is None:
        what = f"there is no wire format for {quote(program)}" if program else "it names no server"
        advice = " Import its block, too." if "uses" in entry.entries else ""
        draft.report.note(entry.node, f"This model is not imported: {what}.{advice}")
        return
    capabilities = _capabilities(entry, draft, roles, name)
    fields = _fields(entry, extra)
    entry.finish()
    if not capabilities:
        return
    provider = draft.provider(server, entry.node)
    if not name or name == "AUTODETECT":
        draft.report.note(entry.node, f"It names no model. List those of '{provider}'.")
        return
    fields["title"] = fields["title"] if fields["title"] != name else None
    model_id = draft.model(provider, name, entry.node, capabilities=capabilities, **fields)
    for capability in capabilities:
        draft.default(capability, model_id)


def _server(entry: Section, program: str, draft: Draft) -> tuple[Server | None, dict[str, Any]]:
    """Return the server of a model, and the fields that are added to its requests."""
    env = entry.section("env")
    address = entry.take("apiBase") or env.take("apiBase")
    provider = known(program) if program else None
    if provider and provider.name == "openai" and address:
        provider = server_of(str(address.value))
    elif provider is None and program and address:
        provider = Known("server", "openai")
    if provider and provider.name == "azure":
        env.text("apiVersion", "apiType")
        entry.text("apiVersion", "apiType")
        deployment = env.text("deployment")
        if deployment:
            draft.report.note(env.node, "Write the deployment's name as the model's name.")
    env.finish()
    request = entry.section("requestOptions")
    headers = draft.headers(request, "headers")
    timeout = request.number("timeout")
    extra = request.data("extraBodyProperties")
    extra = extra if isinstance(extra, dict) else {}
    request.finish()
    if provider is None:
        return None, extra
    # Continue writes seconds or milliseconds here, depending on its version.
    seconds = timeout / 1000 if timeout and timeout > 10_000 else timeout
    return Server(provider, "", address, entry.take("apiKey"), headers, seconds), extra


def _capabilities(entry: Section, draft: Draft, roles: list[str], name: str) -> list[str]:
    words = [str(node.value) for node in entry.items("roles")] or roles
    if not words:
        return [guess_capability(name)]
    for word in words:
        if word not in ROLES:
            draft.report.note(
                entry.node, f"The role {quote(word)} of {quote(name)} is not imported."
            )
    return list(dict.fromkeys(ROLES[word] for word in words if word in ROLES))


def _fields(entry: Section, extra: dict[str, Any]) -> dict[str, Any]:
    defaults = entry.section("defaultCompletionOptions")
    older = entry.section("completionOptions")
    options: dict[str, Any] = {}
    window = None
    for section in (defaults, older):
        window = window or section.number("contextLength")
        options |= {OPTIONS[key]: section.data(key) for key in OPTIONS if key in section.entries}
        section.finish()
    window = window or entry.number("contextLength")
    options |= extra
    return {
        "title": entry.text("name", "title"),
        "context_window": window if isinstance(window, int) and window > 0 else None,
        "options": options,
    }
