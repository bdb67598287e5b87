"""
Azure's form of the paths of OpenAI's API, with the token in `api-key`.

    POST /openai/deployments/{model}/chat/completions?api-version=…
    /openai/v1/… and /openai/models                    the same as /v1/…

The deployment is the model's ID. `api-version` may be any: there is one version.
Reference: https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from chat import completions, embeddings, texts
from chat.relays import audio, images
from core.http.exchange import post, upload

if TYPE_CHECKING:
    from core.http.exchange import Exchange, Handler

PREFIX = "/openai/deployments/{model}/"
_CALLS = (
    "chat/completions|completions|embeddings|images/generations|audio/transcriptions"
    "|audio/translations"
)
_PATH = re.compile(rf"/openai/deployments/(.+?)/({_CALLS})/?")


def read(path: str) -> tuple[str, str]:
    """Return the path without the names in it, and the deployment.

    The path is decoded: the ID of a model may hold colons and slashes.
    """
    if match := _PATH.fullmatch(path):
        return PREFIX + match[2], match[1]
    if path == "/openai/models":
        return "/v1/models", ""
    return (path.removeprefix("/openai") if path.startswith("/openai/v1/") else path), ""


def deployed(handler: Handler) -> Handler:
    """Return a handler that asks the model which the path names, whatever the body says."""

    async def handle(exchange: Exchange) -> None:
        body = await exchange.json()
        exchange.data = msgspec.json.encode({**body, "model": exchange.scope["deployment"]})
        await handler(exchange)

    return handle


ROUTES = {
    PREFIX + "chat/completions": post(deployed(completions.openai)),
    PREFIX + "completions": post(deployed(texts.complete)),
    PREFIX + "embeddings": post(deployed(embeddings.embed)),
    PREFIX + "images/generations": post(deployed(images.generate)),
    PREFIX + "audio/transcriptions": upload(audio.transcribe),  # they read the deployment
    PREFIX + "audio/translations": upload(audio.translate),
}
