"""LiteLLM's proxy as it is installed, with its own key and without a database."""

from __future__ import annotations

import json
from typing import ClassVar

from bench.install import from_pypi
from bench.targets.base import Target
from bench.upstream import KEY, MODELS

VERSION = "1.106.2"  # the newest whose requirements are all available
MASTER_KEY = "sk-bench-litellm"


class Gateway(Target):
    name = "litellm"
    slow = True
    packages: ClassVar[list[str]] = [f"litellm[proxy]=={VERSION}"]
    notes = (f"litellm is LiteLLM's proxy {VERSION} as installed: one worker, no database",)
    prices: ClassVar[dict[str, float]] = {}  # of a token

    def install(self) -> None:
        from_pypi(self.installed, self.packages)

    def prepare(self) -> None:
        models = [
            {
                "model_name": name,
                "litellm_params": {
                    "model": f"openai/{name}",
                    "api_base": self.upstream.url,
                    "api_key": KEY,
                    **self.prices,
                },
            }
            for name in MODELS
        ]
        # JSON is YAML too.
        config = {"model_list": models, "general_settings": {"master_key": MASTER_KEY}}
        (self.folder / "config.yaml").write_text(json.dumps(config))

    def command(self) -> list[str]:
        return [str(self.installed / "bin" / "litellm"), "--config", "config.yaml",
                "--host", "127.0.0.1", "--port", str(self.port), "--num_workers", "1"]  # fmt: skip

    def environment(self) -> dict[str, str]:
        return {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}  # otherwise it fetches prices at its start

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {MASTER_KEY}"}
