"""The upstream itself, without anything in between: what the others are compared with."""

from __future__ import annotations

from bench.targets.base import Target


class Gateway(Target):
    name = "direct"

    def start(self) -> None:
        self.port = self.upstream.port

    def stop(self) -> None:
        pass
