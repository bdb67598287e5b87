"""What a child process is given of the portal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.paths import ROOT

PRIVATE = """
import django; django.setup()
from core.subprocesses import _surroundings
print(_surroundings()["env"]["PRIVATE_FOLDERS"])
"""


def test_the_folders_of_data_are_named_wherever_they_are(tmp_path: Path) -> None:
    real, var = tmp_path / "real", tmp_path / "var"
    real.mkdir()
    (real / "db.sqlite3").touch()
    (tmp_path / "linked").symlink_to(real / "db.sqlite3")
    done = subprocess.run(
        [sys.executable, "-c", PRIVATE], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "aimodels.settings", "SECRET_KEY": "x",
             "VAR_DIR": str(var), "DATABASE_URL": f"sqlite:///{tmp_path}/linked"},
    )  # fmt: skip
    folders = done.stdout.strip().split(os.pathsep)
    assert {str(real), str(var), str(ROOT)} <= set(folders)
