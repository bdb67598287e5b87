"""
Programs that ask one model, in several languages, ready to copy.

Each reads its token from PORTAL_TOKEN. The folder `templates/developers/snippets/` has a file for
each capability and way of asking.
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, NamedTuple

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from chat.pages.code import block_to_copy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.safestring import SafeString


class Way(NamedTuple):
    """How to ask. `install` is a command that makes the program run, if it needs one."""

    name: str
    title: str
    language: str
    install: str = ""


class Snippet(NamedTuple):
    """A program. `html` is its text, highlighted, with a button that copies it."""

    way: Way
    html: SafeString


CURL = Way("curl", "curl", "bash")
PYTHON = Way("python", "Python", "python", "pip install openai")
JAVASCRIPT = Way("javascript", "JavaScript", "javascript", "npm install openai")
LLM = Way("llm", gettext_noop("llm, on the command line"), "bash", "pip install llm")
LANGCHAIN = Way("langchain", "LangChain", "python", "pip install langchain-openai")
SOCKET = Way("socket", "WebSocket", "python", "pip install websockets")
REQUESTS = Way("python", "Python", "python", "pip install requests")

WAYS = {
    "chat": (CURL, PYTHON, JAVASCRIPT, LLM, LANGCHAIN, SOCKET),
    "sql": (CURL, REQUESTS),
    "embeddings": (CURL, PYTHON, JAVASCRIPT),
    "rerank": (CURL, REQUESTS),
    "transcription": (CURL, PYTHON),
    "image_generation": (CURL, PYTHON),
}
DOES = {
    "chat": _("Chat"),
    "sql": _("Ask for SQL"),
    "embeddings": _("Embeddings"),
    "rerank": _("Order documents"),
    "transcription": _("Transcribe audio"),
    "image_generation": _("Generate images"),
}


def programs(
    address: str, model: str, capabilities: Iterable[str]
) -> list[tuple[str, list[Snippet]]]:
    """Return what `model` does, each with its programs for the portal at `address`."""
    return [
        (str(DOES[name]), [_snippet(name, way, address, model) for way in WAYS[name]])
        for name in WAYS
        if name in capabilities
    ]


def text(capability: str, way: Way, address: str, model: str) -> str:
    """Return a program. JSON writes a text as Python, JavaScript and YAML read it."""
    context = {
        "base": address,
        "socket": address.replace("http", "ws", 1),
        "model": json.dumps(model),
        "shell_model": shlex.quote(model),
    }
    name = f"developers/snippets/{capability}_{way.name}.txt"
    return str(render_to_string(name, context))


def _snippet(capability: str, way: Way, address: str, model: str) -> Snippet:
    return Snippet(way, block_to_copy(text(capability, way, address, model), way.language))
