"""The groups in which the reference shows the routes, in this order."""

from __future__ import annotations

import re

from django.utils.translation import gettext_noop as _

CHAT = _("Chat")
# The paths of each group but the first, which has the rest. The first that matches counts.
_PATHS = {
    _("Operate"): r"/v1/ai/models/(primary|reload|dry-run)",
    _("Models"): r"/v1/(ai/)?models",
    _("SQL"): r"/v1/(ir|sql)|/mcp",
    _("Ollama's API"): r"/api/",
    _("Azure's paths"): r"/openai/",
    _("Embeddings, reranking, images, audio"): r"/v\d/(embeddings|rerank|images|audio)",
}
ORDER = (CHAT, "Models", "SQL", "Embeddings, reranking, images, audio", "Ollama's API",
         "Azure's paths", "Operate")  # fmt: skip


def tag_of(path: str) -> str:
    """Return the group of the route at `path`."""
    return next((name for name, start in _PATHS.items() if re.match(start, path)), CHAT)
