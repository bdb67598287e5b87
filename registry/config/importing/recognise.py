"""Which program's file is it? Recognised by its content, never by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import ConfigError, Problem
from core.yaml.text import decode
from core.yaml.tree import Node
from registry.config.importing import continue_dev, librechat, litellm, llm, open_webui, otari
from registry.config.importing.environment import looks_like_env, of_compose, read_env
from registry.config.importing.section import Report
from registry.config.importing.source import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.config.importing.draft import Draft

READERS: dict[str, Callable[[Node, Draft], None]] = {
    "LiteLLM": litellm.read,
    "LibreChat": librechat.read,
    "Open WebUI": open_webui.read,
    "Continue": continue_dev.read,
    "llm": llm.read,
    "otari": otari.read,
}
_OPEN_WEBUI = ("OPENAI_API_BASE_URL", "OPENAI_API_BASE_URLS", "OPENAI_API_KEYS", "OPENAI_API_KEY",
    "OLLAMA_BASE_URL", "OLLAMA_BASE_URLS", "OLLAMA_API_BASE_URL")  # fmt: skip
_LITELLM = {"model_list", "litellm_settings", "general_settings", "router_settings"}
_OTARI = {"master_key", "pricing", "database_url", "rate_limit_rpm", "bootstrap_api_key"}


MAX_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Foreign:
    """A file of another program. `root` is None if the program's files cannot be imported."""

    program: str
    root: Node | None
    place: Node
    report: Report


def recognise(source: bytes) -> Foreign | None:
    """Return whose file `source` is; None for models.yaml and for anything unknown."""
    if len(source) > MAX_BYTES:
        return None
    try:
        text = decode(source)
    except ConfigError:
        return None
    report = Report()
    if looks_like_env(text):
        root = read_env(text, report)
        known = any(name in root.value for name in _OPEN_WEBUI)
        return Foreign("Open WebUI", root, _first(root), report) if known else None
    try:
        root = read_yaml(source)
    except ConfigError:
        return None
    return _yaml(root, report)


def _yaml(root: Node, report: Report) -> Foreign | None:
    if isinstance(root.value, list):
        is_llm = any(_has(item, "model_id") or _has(item, "model_name") for item in root.value)
        return Foreign("llm", root, root, report) if is_llm else None
    if not isinstance(root.value, dict):
        return None
    if "services" in root.value:
        return _compose(root, report)
    program = _program(root)
    return Foreign(program, root, _first(root), report) if program else None


def _program(root: Node) -> str:
    keys = set(root.value)
    models = root.value["models"].node.value if "models" in keys else None
    if keys & _LITELLM:
        return "LiteLLM"
    if "endpoints" in keys and _is_librechat(root.value["endpoints"].node):
        return "LibreChat"
    if isinstance(models, list) and _is_continue(models, keys):
        return "Continue"
    if "providers" in keys and "models" not in keys and _is_otari(root, keys):
        return "otari"
    return ""


def _is_librechat(endpoints: Node) -> bool:
    names = ("custom", "azureOpenAI", "openAI", "anthropic", "google", "agents", "assistants",
             "bedrock", "all")  # fmt: skip
    return any(_has(endpoints, name) for name in names)


def _is_continue(models: list[Node], keys: set[str]) -> bool:
    return "schema" in keys or any(
        _has(item, "uses") or (_has(item, "provider") and _has(item, "model")) for item in models
    )


def _is_otari(root: Node, keys: set[str]) -> bool:
    providers = root.value["providers"].node.value
    sections = providers.values() if isinstance(providers, dict) else ()
    return bool(keys & _OTARI) or any(
        _has(entry.node, key) for entry in sections for key in ("api_key", "api_base")
    )


def _compose(root: Node, report: Report) -> Foreign:
    for environment in of_compose(root):
        if isinstance(environment.value, dict) and any(
            name in environment.value for name in _OPEN_WEBUI
        ):
            return Foreign("Open WebUI", environment, _first(root), report)
    return Foreign("Docker Compose", None, _first(root), report)


def _has(node: Node, key: str) -> bool:
    return isinstance(node.value, dict) and key in node.value


def _first(root: Node) -> Node:
    """Return the place of the first key."""
    entries = iter(root.value.values())
    entry = next(entries, None)
    return Node(None, entry.line, entry.column) if entry else root


def foreign_problem(source: bytes, command: str) -> Problem | None:
    """Return what is wrong with `source` as models.yaml if it is another program's file."""
    foreign = recognise(source)
    if foreign is None:
        return None
    if foreign.root is None:
        message = f"This is a file of {foreign.program}, not models.yaml."
    else:
        message = f"This is a file of {foreign.program}. `{command}` prints it as models.yaml."
    return Problem(foreign.place.line, foreign.place.column, message)
