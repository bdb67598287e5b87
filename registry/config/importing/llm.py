"""`llm`'s extra-openai-models.yaml: https://llm.datasette.io/en/stable/other-models.html."""

from __future__ import annotations

import re
from typing import Any

from core.text import looks_like_key, quote
from core.yaml.tree import Node
from registry.config.importing.draft import Draft, Server, server_of
from registry.config.importing.section import Section
from registry.config.importing.servers import Known
from registry.model_id import guess_capability


def read(root: Node, draft: Draft) -> None:
    for node in root.value:
        _model(Section(node, "model", draft.report), draft)


def _model(entry: Section, draft: Draft) -> None:
    alias = entry.text("model_id")
    name = entry.text("model_name") or alias
    address, key_name = entry.take("api_base"), entry.take("api_key_name", "needs_key")
    azure = entry.text("api_type").startswith("azure")
    entry.text("api_version")
    deployment = entry.text("api_engine")
    server = server_of(str(address.value)) if address else Known("openai", "openai", _OPENAI)
    if azure:
        server, name = Known("azure", "openai"), deployment or name
    provider = draft.provider(
        Server(
            server, "", address, _key(key_name, address, draft), draft.headers(entry, "headers")
        ),
        entry.node,
    )
    capabilities = [guess_capability(name)]
    fields: dict[str, Any] = {"title": alias if alias != name else None}
    if entry.data("completion"):
        message = f"{quote(name)} completes text there. Here it is asked as a chat."
        draft.report.note(entry.node, message)
    # What llm may send to the model; the portal relays all of it.
    for key in ("can_stream", "vision", "audio", "reasoning", "supports_schema", "supports_tools"):
        entry.take(key)
    entry.finish()
    model_id = draft.model(provider, name, entry.node, capabilities=capabilities, **fields)
    if alias and model_id and alias != name:
        message = f"Callers write {quote(model_id, 80)} where they wrote {quote(alias)}."
        draft.report.note(entry.node, message)
    draft.default(capabilities[0], model_id)


_OPENAI = "https://api.openai.com/v1"


def _key(node: Node | None, address: Node | None, draft: Draft) -> Node | None:
    """Return the variable for a key, which llm keeps by name in a file of its own."""
    if node is None:
        # llm sends OpenAI's key to OpenAI only.
        return None if address else Node("${OPENAI_API_KEY}", 1, 1)
    name = re.sub(r"\W", "_", str(node.value)).upper().removesuffix("_API_KEY")
    if name == "NONE":
        return None
    if looks_like_key(str(node.value)) or not re.fullmatch(r"[A-Z_][A-Z0-9_]{0,30}", name):
        return node  # a key, not the name of one
    variable = f"{name}_API_KEY"
    draft.report.note(node, f"llm keeps this key elsewhere. Set the variable {variable} to it.")
    return node._replace(value=f"${{{variable}}}")
