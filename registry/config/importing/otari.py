"""otari's config.yml, which is also any-llm-gateway's: https://github.com/mozilla-ai/otari."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.text import quote
from registry.config.importing.draft import Draft, Server, server_of
from registry.config.importing.section import Section
from registry.config.importing.servers import known
from registry.model_id import guess_capability

if TYPE_CHECKING:
    from core.yaml.tree import Node


def read(root: Node, draft: Draft) -> None:
    top = Section(root, "", draft.report)
    top.text("host")
    top.text("port")
    providers, pricing = top.section("providers"), top.section("pricing")
    names = {}
    for name in list(providers.entries):
        entry = providers.section(name)
        names[name] = _provider(name, entry, draft)
    for model in list(pricing.entries):
        node = pricing.take(model)
        if node is not None:
            _model(model, node, names, draft)
    providers.finish()
    top.finish()
    for name, provider in names.items():
        if provider and not draft.providers[provider]["registry"]:
            draft.report.note(
                providers.node,
                f"The file names no model of {quote(name)}. List them under registry.",
            )


def _provider(name: str, entry: Section, draft: Draft) -> str:
    address, key = entry.take("api_base", "base_url"), entry.take("api_key")
    server = known(entry.text("provider_type", "type", "provider") or name)
    if server is None and address:
        server = server_of(str(address.value))
    client = entry.section("client_args")
    headers = draft.headers(client, "custom_headers", "default_headers", "headers")
    timeout = client.number("timeout")
    client.finish()
    if server is None:
        message = f"{quote(name)} is not imported: there is no wire format for it."
        draft.report.note(entry.node, message)
        return ""
    provider = draft.provider(Server(server, name, address, key, headers, timeout), entry.node)
    for node in entry.items("models"):
        if isinstance(node.value, str):
            draft.default("chat", draft.model(provider, node.value, node))
    entry.finish()
    return provider


def _model(model: str, node: Node, names: dict[str, str], draft: Draft) -> None:
    mark = ":" if ":" in model and model.partition(":")[0] in names else "/"
    prefix, _, name = model.partition(mark)
    prices = Section(node, f"pricing.{model}", draft.report)
    provider = names.get(prefix)
    if not provider or not name:
        draft.report.note(node, f"The price of {quote(model)} is not imported: no such provider.")
        return
    costs = [prices.number(f"{kind}_price_per_million") for kind in ("input", "output")]
    prices.finish()
    fields: dict[str, Any] = {"capabilities": [guess_capability(name)]}
    if any(cost is not None for cost in costs):
        fields["price"] = {"input": costs[0] or 0, "output": costs[1] or 0}
    draft.default(fields["capabilities"][0], draft.model(provider, name, node, **fields))
