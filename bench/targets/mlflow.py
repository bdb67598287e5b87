"""MLflow's AI gateway, with one worker. It does not check its callers' keys."""

from __future__ import annotations

import json
import os

from bench.install import from_pypi
from bench.targets.base import Target
from bench.upstream import KEY, MODELS

VERSION = "3.17.2"


class Gateway(Target):
    name = "mlflow"
    extra = True
    notes = (
        f"mlflow is MLflow's AI gateway {VERSION} as installed; it does not check callers' keys",
    )

    def install(self) -> None:
        from_pypi(self.installed, [f"mlflow[gateway]=={VERSION}"])

    def prepare(self) -> None:
        access = {"openai_api_key": KEY, "openai_api_base": self.upstream.url}
        endpoints = [
            {
                "name": name,
                "endpoint_type": "llm/v1/chat",
                "model": {"provider": "openai", "name": name, "config": access},
            }
            for name in MODELS
        ]
        (self.folder / "config.yaml").write_text(json.dumps({"endpoints": endpoints}))

    def command(self) -> list[str]:
        return [str(self.installed / "bin" / "mlflow"), "gateway", "start",
                "--config-path", "config.yaml", "--host", "127.0.0.1",
                "--port", str(self.port), "--workers", "1"]  # fmt: skip

    def environment(self) -> dict[str, str]:
        path = f"{self.installed / 'bin'}:{os.defpath}"  # it starts gunicorn by name
        return {"PATH": path, "MLFLOW_DISABLE_TELEMETRY": "true"}
