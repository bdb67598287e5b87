"""
This portal, as the README recommends it for production: uvicorn, everything on.

Callers use an API token, the rate limits are on but high enough, responses are counted in the
metrics, and conversations are stored, in SQLite.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench.errors import CannotRun
from bench.targets.base import Target
from bench.upstream import KEY, MODELS

ROOT = Path(__file__).resolve().parents[2]
MANAGE = Path(__file__).with_name("portal_manage.py")
MODELS_FILE = """models:
  defaults: {{chat: "bench:fast"}}
  bench: {{api: openai, endpoint: "{url}/v1", api_key: "${{UPSTREAM_KEY}}", registry: {models}}}
  anthropic: {{api: anthropic, endpoint: "{url}", api_key: "${{UPSTREAM_KEY}}", registry: {models}}}
  ollama: {{api: ollama, host: "{url}", registry: {models}}}
"""


class Gateway(Target):
    name = "portal"
    server = "uvicorn"
    sockets = True
    workers = 1
    token = ""

    def prepare(self) -> None:
        models = json.dumps({name: {"capabilities": ["chat"]} for name in MODELS})
        url = self.upstream.url.removesuffix("/v1")
        (self.folder / "models.yaml").write_text(MODELS_FILE.format(url=url, models=models))
        self.manage("migrate", "-v0")
        self.manage("collectstatic", "-v0", "--no-input")
        self.token = self.manage("create_token", "olga", "--staff").split()[-1]

    def manage(self, *arguments: str) -> str:
        """Return the output of a command. Raises CannotRun."""
        done = subprocess.run(
            [sys.executable, str(MANAGE), *arguments],
            env=self._environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise CannotRun(f"manage.py {arguments[0]} failed: {done.stderr.strip()[-300:]}")
        return done.stdout

    def command(self) -> list[str]:
        return [sys.executable, str(MANAGE), "serve", "--server", self.server,
                "--port", str(self.port), "--workers", str(self.workers)]  # fmt: skip

    def environment(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "aimodels.settings",
            "SECRET_KEY": "only-for-measuring-" + "x" * 40,
            "VAR_DIR": str(self.folder),
            "MODELS_FILE": str(self.folder / "models.yaml"),
            "UPSTREAM_KEY": KEY,
            # All limits are on, but a load does not reach them.
            "RATE_LIMIT_PER_MINUTE": "100000000",
            "TOKENS_PER_MINUTE": "100000000000",
            "ANSWERS_PER_PERSON": "4096",
            "SOCKETS_PER_PERSON": "100000",
            "PROVIDER_CONCURRENCY": "4096",
            "PROVIDER_PLACES_PER_PERSON": "0",
        }

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def model(self, name: str) -> str:
        return f"bench:{name}"
