"""The models, as Ollama lists them: /api/tags, /api/show, /api/ps, /api/version."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from core.access import may_use
from core.errors import PortalError
from core.text import quote
from registry.model_id import did_you_mean_model

if TYPE_CHECKING:
    from core.access import Groups
    from registry.entities import Model
    from registry.providers.wire import Body
    from registry.snapshot import Registry

VERSION = "0.12.6"  # of Ollama, whose API this is; clients compare it with what they need
UNKNOWN = "0001-01-01T00:00:00Z"  # Go's zero time
LATEST = ":latest"
# A capability here → Ollama's words. Whether a model calls tools, its provider knows.
CAPABILITIES = {"chat": ("completion", "tools"), "embeddings": ("embedding",)}
ARCHITECTURE = "portal"
DETAILS: Body = {
    "parent_model": "", "format": "", "family": "", "families": [], "parameter_size": "",
    "quantization_level": "",
}  # fmt: skip


def known(registry: Registry, name: str, groups: Groups | None) -> str:
    """Return the model's ID. Clients add `:latest`, which may not be part of it."""
    model = None if registry.find(name) else registry.find(name.removesuffix(LATEST))
    return name.removesuffix(LATEST) if model and may_use(model.allow, groups) else name


def tags(registry: Registry, groups: Groups | None) -> Body:
    usable = [model for model in registry.models.values() if may_use(model.allow, groups)]
    return {"models": [_row(model) for model in usable]}


def _row(model: Model) -> Body:
    digest = hashlib.sha256(model.id.encode()).hexdigest()  # clients cut it to 12 characters
    return {
        "name": model.id,
        "model": model.id,
        "modified_at": UNKNOWN,
        "size": 0,
        "digest": digest,
        "details": DETAILS,
    }


def show(registry: Registry, groups: Groups | None, request: dict[str, Any]) -> Body:
    """Return what is known of a listed model. Raises PortalError `model_not_found`."""
    name = str(request.get("model") or request.get("name") or "")
    model = registry.find(known(registry, name, groups))
    if model is None or not may_use(model.allow, groups):
        near = did_you_mean_model(name[:200], (m.id for m in registry.able("chat", groups)))
        message = f"{quote(name, 80)} is not listed.{near} See GET /api/tags."
        raise PortalError("model_not_found", message, param="model")
    info: Body = {"general.architecture": ARCHITECTURE, "general.basename": model.title}
    if model.ref.context_window:
        info[f"{ARCHITECTURE}.context_length"] = model.ref.context_window
    words = [word for name in model.capabilities for word in CAPABILITIES.get(name, (name,))]
    return {
        "license": "",
        "modelfile": "",
        "parameters": "",
        "template": "",
        "details": DETAILS,
        "model_info": info,
        "capabilities": words,
        "modified_at": UNKNOWN,
    }
