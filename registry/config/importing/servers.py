"""Known providers of other programs: their wire format and address."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import yaml


class Known(NamedTuple):
    """A provider's name here, its wire format, and its address; empty if the file must say it."""

    name: str
    wire: str
    address: str = ""


_ANTHROPIC = "https://api.anthropic.com"
_DATA = yaml.safe_load(Path(__file__).with_name("servers.yaml").read_text(encoding="utf-8"))
_OPENAI: dict[str, str] = _DATA["addresses"]
_OTHER_NAMES: dict[str, str] = _DATA["other_names"]
_MODELS: dict[str, str] = _DATA["models"]


def provider_of_model(model: str) -> str:
    """Return the provider that a model's name begins like; empty if it is not known."""
    return next((name for prefix, name in _MODELS.items() if model.startswith(prefix)), "")


def known(name: str) -> Known | None:
    """Return the provider that other programs call `name`, or None if it has no format here."""
    name = _OTHER_NAMES.get(name.lower(), name.lower())
    if name == "ollama":
        return Known("ollama", "ollama", "http://localhost:11434")
    if name == "anthropic":
        return Known("anthropic", "anthropic", f"{_ANTHROPIC}/v1")
    return Known(name, "openai", _OPENAI[name]) if name in _OPENAI else None


def name_of_address(address: str, host: str) -> str:
    """Return a provider's name for an address: the known one, or one made from its host."""
    for name, base in _OPENAI.items():
        if base and "localhost" not in base and host == base.split("/")[2]:
            return name
    if host == _ANTHROPIC.split("/")[2]:
        return "anthropic"
    if host.endswith((".openai.azure.com", ".services.ai.azure.com")):
        return "azure"
    words = [word for word in host.split(".") if word not in ("api", "www", "com", "ai", "org")]
    return words[0] if words and not words[0].isdigit() else "server"
