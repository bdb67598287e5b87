"""Environments for other gateways: each its own, installed once, kept under var/bench."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.errors import CannotRun

STAMP = "installed.json"


def from_pypi(folder: Path, packages: Sequence[str]) -> None:
    """Make a virtual environment that holds `packages`. Raises CannotRun."""
    if _is_installed(folder, packages):
        return
    _say(folder, packages)
    _do([sys.executable, "-m", "venv", "--clear", str(folder)], folder)
    _do([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages], folder)
    _stamp(folder, packages)


def from_npm(folder: Path, packages: Sequence[str]) -> None:
    """Install `packages` for node into a folder. Raises CannotRun."""
    if shutil.which("npm") is None:
        raise CannotRun("node and npm are not installed")
    if _is_installed(folder, packages):
        return
    _say(folder, packages)
    folder.mkdir(parents=True, exist_ok=True)
    _do(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), *packages], folder)
    _stamp(folder, packages)


def _say(folder: Path, packages: Sequence[str]) -> None:
    print(f"· Installing {', '.join(packages)} into {folder.name}, once", flush=True)


def _do(command: list[str], folder: Path) -> None:
    # Without compiled files beside them, Python's packages would be compiled at each start.
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, env=kept, capture_output=True, text=True, check=False)
    if done.returncode:
        output = (done.stderr or done.stdout).strip().splitlines() or ["no reason was given"]
        raise CannotRun(f"it cannot be installed into {folder.name}: {output[-1]}")


def _is_installed(folder: Path, packages: Sequence[str]) -> bool:
    stamp = folder / STAMP
    return stamp.is_file() and json.loads(stamp.read_text()) == list(packages)


def _stamp(folder: Path, packages: Sequence[str]) -> None:
    (folder / STAMP).write_text(json.dumps(list(packages)))
