"""
TensorZero's gateway, compiled from Rust, which its Python package can start. It is archived.

It chooses its own port, checks no key of its callers, and stores nothing without a database.
"""

from __future__ import annotations

import re
from pathlib import Path

from bench.install import from_pypi
from bench.targets.base import Target
from bench.upstream import KEY, MODELS

VERSION = "2026.6.0"
START = Path(__file__).with_name("tensorzero_start.py")
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/openai")
MODEL = """
[models.{name}]
routing = ["upstream"]

[models.{name}.providers.upstream]
type = "openai"
model_name = "{name}"
api_base = "{url}"
api_key_location = "env::UPSTREAM_KEY"
"""


class Gateway(Target):
    name = "tensorzero"
    path = "/openai/v1/chat/completions"
    notes = (
        f"tensorzero is TensorZero's gateway {VERSION} (Rust, archived); it checks no key, and "
        "stores no calls",
    )

    def install(self) -> None:
        from_pypi(self.installed, [f"tensorzero=={VERSION}"])

    def prepare(self) -> None:
        models = (MODEL.format(name=name, url=self.upstream.url) for name in MODELS)
        config = "[gateway]\nobservability.enabled = false\n" + "".join(models)
        (self.folder / "tensorzero.toml").write_text(config)

    def command(self) -> list[str]:
        python = self.installed / "bin" / "python"
        return [str(python), "-P", str(START), str(self.folder / "tensorzero.toml")]

    def environment(self) -> dict[str, str]:
        return {"UPSTREAM_KEY": KEY, "RUST_LOG": "error"}

    def model(self, name: str) -> str:
        return f"tensorzero::model_name::{name}"

    def _answers(self) -> bool:
        ports = ADDRESS.findall((self.folder / "log").read_text(errors="replace"))
        if not ports:
            return False
        self.port = int(ports[-1])
        return super()._answers()
