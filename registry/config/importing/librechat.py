"""LibreChat's librechat.yaml: https://www.librechat.ai/docs/configuration/librechat_yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.text import quote
from core.yaml.tree import Node
from registry.config.importing.draft import Draft, Server, server_of
from registry.config.importing.section import Section, as_text
from registry.config.importing.servers import Known, known
from registry.model_id import guess_capability

if TYPE_CHECKING:
    from core.yaml.tree import Entry


def read(root: Node, draft: Draft) -> None:
    top = Section(root, "", draft.report)
    top.text("version")
    endpoints = top.section("endpoints")
    for node in endpoints.items("custom"):
        _custom(Section(node, "custom", draft.report), draft)
    azure = endpoints.section("azureOpenAI")
    for node in azure.items("groups"):
        _azure(Section(node, "groups", draft.report), draft)
    azure.finish()
    endpoints.finish()
    top.finish()


def _custom(entry: Section, draft: Draft) -> None:
    name = entry.text("name")
    address, key = entry.take("baseURL"), entry.take("apiKey")
    server = known(name) if name else None
    if entry.text("provider") == "anthropic":
        server = known("anthropic")
    elif server is None or (address and server.name in ("openai", "server", "azure")):
        server = server_of(str(address.value) if address else "")
    assert server is not None
    if server.wire == "ollama" and address and "/v1" in str(address.value):
        server = Known("ollama", "openai")
    headers = _headers(draft.headers(entry, "headers"), draft)
    provider = draft.provider(Server(server, name, address, key, headers), entry.node)
    models, tokens = entry.section("models"), entry.section("tokenConfig")
    options = _options(entry)
    label = entry.text("modelDisplayLabel")
    listed = list(models.items("default"))
    for node in listed:
        _model(node, provider, options, label if len(listed) == 1 else "", tokens, draft)
    if models.data("fetch"):
        draft.report.note(
            models.node,
            f"Models are not fetched into the list. Callers may name any model of '{provider}'.",
        )
    for section in (models, tokens, entry):
        section.finish()


def _model(
    node: Node, provider: str, options: dict[str, Any], label: str, tokens: Section, draft: Draft
) -> None:
    fields: dict[str, Any] = {"title": label}
    if isinstance(node.value, dict):
        section = Section(node, "models.default", draft.report)
        name, fields["description"] = section.text("name"), section.text("description")
        section.finish()
    else:
        name = as_text(node, draft.report)
    if name in tokens.entries:
        fields |= _tokens(tokens.section(name))
    fields["capabilities"] = [guess_capability(name)]
    model_id = draft.model(provider, name, node, options=options, **fields)
    draft.default(fields["capabilities"][0], model_id)


def _tokens(section: Section) -> dict[str, Any]:
    window = section.number("context")
    cost = section.number("prompt"), section.number("completion")
    section.finish()
    price = {"input": cost[0] or 0, "output": cost[1] or 0} if any(cost) else None
    return {
        "context_window": window if isinstance(window, int) and window > 0 else None,
        "price": price,
    }


def _options(entry: Section) -> dict[str, Any]:
    added = entry.data("addParams")
    dropped = entry.data("dropParams") or ()
    return {**(added if isinstance(added, dict) else {}), **{str(key): None for key in dropped}}


def _headers(node: Node | None, draft: Draft) -> Node | None:
    """Return the headers without those that LibreChat fills in for each user."""
    if node is None:
        return None
    kept: dict[str, Entry] = {}
    for name, entry in node.value.items():
        if "{{" in str(entry.node.value):
            draft.report.note(
                entry, f"The header {quote(name)} is not imported: it differs for each user."
            )
        else:
            kept[name] = entry
    return node._replace(value=kept)


def _azure(group: Section, draft: Draft) -> None:
    name = group.text("group")
    address, key = group.take("baseURL"), group.take("apiKey")
    instance = group.take("instanceName")
    if address is None and instance is not None:
        host = as_text(instance, draft.report).removesuffix(".openai.azure.com")
        address = instance._replace(value=f"https://{host}.openai.azure.com")
    group.text("version")
    deployment = group.text("deploymentName")
    headers = _headers(draft.headers(group, "additionalHeaders"), draft)
    server = Server(Known("azure", "openai"), name, address, key, headers)
    provider = draft.provider(server, group.node)
    options = _options(group)
    models = group.section("models")
    for model in list(models.entries):
        node = models.take(model)
        if node is None:
            continue
        target = deployment or model
        if isinstance(node.value, dict):
            section = Section(node, f"models.{model}", draft.report)
            section.text("version")
            target = section.text("deploymentName") or target
            section.finish()
        title = model if model != target else None
        model_id = draft.model(provider, target, node, title=title, options=options)
        draft.default("chat", model_id)
    group.finish()
