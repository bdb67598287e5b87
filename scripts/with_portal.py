"""
Runs a command beside a portal whose provider calls tools and writes JSON, on free ports.

    python -m scripts.with_portal .venv-clients/bin/python -m pytest tests/clients

The command finds its address in PORTAL_URL, a token in PORTAL_TOKEN, the cookie of a session in
PORTAL_SESSION, and the provider's address in PROVIDER_URL. The models are oai:talker, oai:embedder,
oai:busy and others in OpenAI's format, and the same of oll in Ollama's, besides oai:ranker,
oai:scribe and oai:painter: see tests/support/helpful_provider.py and replies.py. via:oai:… are the
portal's own, asked in the Responses API.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.helpful_provider import HelpfulProvider
from tests.support.portal import LONG_TIMEOUTS, Portal

CHATS = ("talker", "thinker", "actor", "busy", "overloaded", "broken", "slow", "silent")
REGISTRY = {
    **{name: {"capabilities": ["chat"]} for name in CHATS},
    "embedder": {"capabilities": ["embeddings"]},
}
OPENAI = {"ranker": "rerank", "scribe": "transcription", "painter": "image_generation"}


def models(url: str, portal: str) -> str:
    """Return the models.yaml of a provider at `url`, and of the portal itself as one."""
    section = {
        "defaults": {"chat": "oai:talker", "embeddings": "oai:embedder",
                     **{capability: f"oai:{name}" for name, capability in OPENAI.items()}},
        # `endpoints`, so that answers in every API have a `resolution`, which all clients ignore.
        "oai": {"api": "openai", "endpoints": [f"{url}/v1"], "registry": {
            **REGISTRY, **{name: {"capabilities": [value]} for name, value in OPENAI.items()}}},
        "oll": {"api": "ollama", "host": url, "registry": REGISTRY},
        "via": {"api": "openai", "apis": ["responses"], "endpoint": f"{portal}/v1",
                "api_key": "${PORTAL_TOKEN}"},
    }  # fmt: skip
    return json.dumps({"models": section})  # which YAML includes


def main(command: list[str]) -> int:
    if not command:
        sys.exit(__doc__)
    provider = HelpfulProvider()
    with tempfile.TemporaryDirectory(prefix="portal-") as folder:
        file = Path(folder) / "models.yaml"
        portal = Portal(Path(folder), file, "uvicorn", dict(LONG_TIMEOUTS))
        file.write_text(models(provider.url, portal.url))
        portal.prepare()
        portal.variables["PORTAL_TOKEN"] = portal.tokens["ann"]
        portal.start()
        try:
            variables = {
                "PORTAL_URL": portal.url,
                "PORTAL_TOKEN": portal.tokens["ann"],
                "PORTAL_SESSION": portal.session_key("ann"),
                "PROVIDER_URL": provider.url,
            }
            return subprocess.run(command, env={**os.environ, **variables}, check=False).returncode
        finally:
            portal.stop()
            provider.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
