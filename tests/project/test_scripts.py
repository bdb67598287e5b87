"""The scripts that `make` runs with nothing but Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.paths import ROOT


def run(script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "SECRET_KEY"} | variables
    command = [sys.executable, str(ROOT / "scripts" / script), *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def lock(folder: Path) -> Path:
    found = folder / "requirements.txt"
    found.write_text("no-such-package-here==1 --hash=sha256:" + "0" * 64 + "\n")
    return found


def test_no_network_is_one_sentence(tmp_path: Path) -> None:
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull,
               "PIP_EXTRA_INDEX_URL": "", "PIP_FIND_LINKS": ""}  # fmt: skip
    done = run("install.py", str(tmp_path / "venv"), str(lock(tmp_path)), **nowhere)
    assert done.returncode == 1
    assert "the package index cannot be reached. Is there a network?" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "venv").write_text("a file")
    done = run("install.py", str(tmp_path / "venv" / "inside"), str(lock(tmp_path)))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_what_is_installed_is_not_installed_again(tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    environment.mkdir()
    import hashlib

    wanted = lock(tmp_path)
    digest = hashlib.sha256(wanted.read_bytes()).hexdigest()
    (environment / "requirements.installed").write_text(digest)
    done = run("install.py", str(environment), str(wanted))
    assert (done.returncode, done.stdout) == (0, "")
