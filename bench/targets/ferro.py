"""Ferro Labs' gateway, compiled from Go. It checks a key of its callers; its rate limit is off."""

from __future__ import annotations

import json

from bench.install import from_pypi
from bench.targets.base import Target
from bench.upstream import KEY, MODELS

VERSION = "1.5.10"
MASTER_KEY = "fgw_" + "b" * 32


class Gateway(Target):
    name = "ferro"
    notes = (f"ferro is ferrogw {VERSION} (Go); it checks a key, and stores no calls",)

    def install(self) -> None:
        from_pypi(self.installed, [f"ferrogw=={VERSION}"])

    def prepare(self) -> None:
        targets = [{"virtual_key": "openai", "models": list(MODELS)}]
        config = {"strategy": {"mode": "single"}, "targets": targets}
        (self.folder / "config.yaml").write_text(json.dumps(config))

    def command(self) -> list[str]:
        return [str(self.installed / "bin" / "ferrogw"), "serve"]

    def environment(self) -> dict[str, str]:
        return {
            "GATEWAY_CONFIG": str(self.folder / "config.yaml"),
            "PORT": str(self.port),
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": self.upstream.url,
            "MASTER_KEY": MASTER_KEY,
            "RATE_LIMIT_RPS": "0",
            "LOG_LEVEL": "error",
        }

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {MASTER_KEY}"}
