"""The plain ASGI routes and the sockets of this app; `aimodels.dispatch` calls to them."""

from __future__ import annotations

from chat import completions, embeddings, texts
from chat.consumers import ChatSocket, RawSocket
from chat.relays import audio, images, rerank
from core.http.exchange import post, upload

ROUTES = {
    "/v1/ai/chat/completion": post(completions.portal),
    "/v1/chat/completions": post(completions.openai),
    "/v1/completions": post(texts.complete),
    "/v1/embeddings": post(embeddings.embed),
    "/v2/rerank": post(rerank.rank),  # Cohere's clients
    "/v1/rerank": post(rerank.rank),
    "/v1/audio/transcriptions": upload(audio.transcribe),
    "/v1/audio/translations": upload(audio.translate),
    "/v1/images/generations": post(images.generate),
}
SOCKETS = {
    "/ws/chat/": ChatSocket.as_asgi(),
    "/ws/raw/": RawSocket.as_asgi(),
}
