"""
Runs a command beside a portal whose provider calls tools and writes JSON, on free ports.

    python -m scripts.with_portal .venv-clients/bin/python -m pytest tests/clients

The command finds its address in PORTAL_URL, a token in PORTAL_TOKEN, and the provider's in
PROVIDER_URL. The models are oai:talker, oai:embedder, oai:busy, oai:broken and oai:slow, in
OpenAI's format, and the same of oll in Ollama's, besides oai:ranker, oai:scribe and
oai:painter: see tests/support/helpful_provider.py. via:oai:… are the portal's own, asked in the
Responses API.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.helpful_provider import HelpfulProvider
from tests.support.portal import LONG_TIMEOUTS, Portal

MODELS = """
models:
  defaults: {{chat: "oai:talker", embeddings: "oai:embedder", rerank: "oai:ranker",
    transcription: "oai:scribe", image_generation: "oai:painter"}}
  oai: {{api: openai, endpoint: "{url}/v1", registry: {{
    talker: {{capabilities: [chat]}}, busy: {{capabilities: [chat]}},
    broken: {{capabilities: [chat]}}, slow: {{capabilities: [chat]}},
    embedder: {{capabilities: [embeddings]}}, ranker: {{capabilities: [rerank]}},
    scribe: {{capabilities: [transcription]}}, painter: {{capabilities: [image_generation]}}}}}}
  oll: {{api: ollama, host: "{url}", registry: {{
    talker: {{capabilities: [chat]}}, busy: {{capabilities: [chat]}},
    broken: {{capabilities: [chat]}}, slow: {{capabilities: [chat]}},
    embedder: {{capabilities: [embeddings]}}}}}}
  via: {{api: openai, apis: [responses], endpoint: "{portal}/v1", api_key: "${{PORTAL_TOKEN}}"}}
"""


def main(command: list[str]) -> int:
    if not command:
        sys.exit(__doc__)
    provider = HelpfulProvider()
    with tempfile.TemporaryDirectory(prefix="portal-") as folder:
        models = Path(folder) / "models.yaml"
        portal = Portal(Path(folder), models, "uvicorn", dict(LONG_TIMEOUTS))
        models.write_text(MODELS.format(url=provider.url, portal=portal.url))
        portal.prepare()
        portal.variables["PORTAL_TOKEN"] = portal.tokens["ann"]
        portal.start()
        try:
            variables = {
                "PORTAL_URL": portal.url,
                "PORTAL_TOKEN": portal.tokens["ann"],
                "PROVIDER_URL": provider.url,
            }
            return subprocess.run(command, env={**os.environ, **variables}, check=False).returncode
        finally:
            portal.stop()
            provider.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
