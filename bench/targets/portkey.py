"""
Portkey's gateway, without its console.

It does not check its callers' keys in this mode, and waits 25 ms before each stream's first chunk.
Its streams answer 500 as published on current versions of node, because it changes immutable
headers; one expression is patched, so that they can be measured.
"""

from __future__ import annotations

from pathlib import Path

from bench.errors import CannotRun
from bench.install import from_npm
from bench.targets.base import Target
from bench.upstream import KEY

VERSION = "1.15.2"
SERVER = "node_modules/@portkey-ai/gateway/build/start-server.js"
PUBLISHED = ":new Response(p,e)}"
PATCHED = (
    ":new Response(p,{status:e.status,statusText:e.statusText,headers:new Headers(e.headers)})}"
)


class Gateway(Target):
    name = "portkey"
    notes = (
        f"portkey is Portkey's gateway {VERSION}; it does not check callers' keys",
        "portkey's streams answer 500 as published on this version of node: one expression was "
        "patched (`new Response(p,e)`, with its headers copied)",
    )

    def install(self) -> None:
        from_npm(self.installed, [f"@portkey-ai/gateway@{VERSION}"])
        patch(self.installed / SERVER)

    def command(self) -> list[str]:
        return ["node", str(self.installed / SERVER), "--headless", f"--port={self.port}"]

    def environment(self) -> dict[str, str]:
        return {"NODE_ENV": "production"}

    def headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {KEY}",
            "x-portkey-provider": "openai",
            "x-portkey-custom-host": self.upstream.url,
        }


def patch(server: Path) -> None:
    """Let streamed answers have headers that can be changed. Raises CannotRun."""
    text = server.read_text()
    if PATCHED not in text:
        if text.count(PUBLISHED) != 1:
            raise CannotRun("the expression that breaks its streams is not where it was")
        server.write_text(text.replace(PUBLISHED, PATCHED))
