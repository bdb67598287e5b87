"""The plain ASGI routes of this app; `aimodels.asgi` dispatches to them before Django."""

from __future__ import annotations

from chat import completions, embeddings
from registry.exchange import post

ROUTES = {
    "/v1/ai/chat/completion": post(completions.portal),
    "/v1/chat/completions": post(completions.openai),
    "/v1/embeddings": post(embeddings.embed),
}
