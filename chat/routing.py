"""The plain ASGI routes and the sockets of this app; `aimodels.dispatch` calls to them."""

from __future__ import annotations

from chat import completions, embeddings, texts
from chat.consumers import ChatSocket, RawSocket
from core.http.exchange import post

ROUTES = {
    "/v1/ai/chat/completion": post(completions.portal),
    "/v1/chat/completions": post(completions.openai),
    "/v1/completions": post(texts.complete),
    "/v1/embeddings": post(embeddings.embed),
}
SOCKETS = {
    "/ws/chat/": ChatSocket.as_asgi(),
    "/ws/raw/": RawSocket.as_asgi(),
}
