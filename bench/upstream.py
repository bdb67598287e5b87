"""The model server behind all targets: `upstream.c`, compiled before each run."""

from __future__ import annotations

import subprocess
from pathlib import Path

from bench.errors import CannotRun

SOURCE = Path(__file__).with_name("upstream.c")
KEY = "sk-bench-upstream"
MODELS = ("fast", "short", "slow", "paced")  # KINDS of upstream.c defines how each answers
PACED_CHUNKS, PACED_SECONDS = 60, 3.0  # 59 pauses, and one more in which all begin
SHORT_CHUNKS = 8


class Upstream:
    """Serves from `with` to its end. `delay` is the pause between chunks that are paced."""

    def __init__(self, folder: Path, delay: float = PACED_SECONDS / PACED_CHUNKS) -> None:
        self.program = folder / "upstream"
        self.delay = delay
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Upstream:
        build(self.program, self.delay)
        self.process = subprocess.Popen([self.program], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()


def build(program: Path, delay: float) -> None:
    option = f"-DDELAY={round(delay * 1e9)}LL"
    try:
        subprocess.run(["cc", "-O2", option, "-o", program, SOURCE], check=True)
    except FileNotFoundError:
        raise CannotRun("there is no C compiler: install one that is called as cc") from None
