"""Wire formats, by the name that `api:` gives them. To add one, copy a sibling and add a line."""

from __future__ import annotations

from registry.providers import anthropic, ollama, openai
from registry.providers.wire import Wire

WIRES: dict[str, Wire] = {"openai": openai, "ollama": ollama, "anthropic": anthropic}
# What a server may speak beside its wire format, and which formats such servers have.
APIS = {"responses": ("openai",)}
