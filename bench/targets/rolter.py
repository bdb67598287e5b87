"""rolter, compiled from Rust. It checks a virtual key of its callers."""

from __future__ import annotations

from bench.install import from_pypi
from bench.targets.base import Target
from bench.upstream import KEY, MODELS

VERSION = "0.1.0"
CALLER_KEY = "sk-rolter-caller"
CONFIG = """
[server]
host = "127.0.0.1"
port = {port}

[[providers]]
name = "upstream"
kind = "openai_compatible"
api_base = "{url}"
api_key_env = "UPSTREAM_KEY"

[[virtual_keys]]
key = "{key}"
name = "caller"
models = []
disabled = false
"""
ROUTE = """
[[routes]]
model = "{name}"
strategy = "round_robin"

[[routes.targets]]
provider = "upstream"
model = "{name}"
"""


class Gateway(Target):
    name = "rolter"
    notes = (f"rolter is rolter {VERSION} (Rust); it checks a key, and stores no calls",)

    def install(self) -> None:
        from_pypi(self.installed, [f"rolter=={VERSION}"])

    def command(self) -> list[str]:
        url = self.upstream.url.removesuffix("/v1")
        config = CONFIG.format(port=self.port, url=url, key=CALLER_KEY)
        routes = (ROUTE.format(name=name) for name in MODELS)
        file = self.folder / "rolter.toml"
        file.write_text(config + "".join(routes))
        return [str(self.installed / "bin" / "rolter"), "gateway", "--config", str(file)]

    def environment(self) -> dict[str, str]:
        return {"UPSTREAM_KEY": KEY, "RUST_LOG": "error"}

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {CALLER_KEY}"}
