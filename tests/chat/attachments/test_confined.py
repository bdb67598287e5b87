"""The process that reads files can do nothing else."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

from queryexpr.gate import confinement
from tests.support.paths import ROOT

pytestmark = pytest.mark.skipif(
    bool(confinement.missing()), reason="this kernel cannot confine a process"
)
ATTACK = """
import sys
from chat.attachments import child

def attack(data, limit):
    import socket, subprocess
    def tried(what):
        try:
            what()
        except Exception as error:
            return type(error).__name__
        return "done"
    path, folder = data.decode().split()
    return "", [
        tried(lambda: open(path).read()),
        tried(lambda: open(folder + "/new", "w")),
        tried(lambda: socket.create_connection(("127.0.0.1", 9), 1)),
        tried(lambda: subprocess.run(["true"])),
    ]

child.READERS["pdf"] = attack
child.main()
"""


def test_it_opens_no_file_no_socket_and_no_program(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    data = base64.b64encode(f"{secret} {tmp_path}".encode()).decode()
    done = subprocess.run(
        [sys.executable, "-c", ATTACK], input=json.dumps(["pdf", data, 1]) + "\n", text=True,
        capture_output=True, check=True, cwd=ROOT, timeout=60,
    )  # fmt: skip
    assert json.loads(done.stdout)["note"] == ["PermissionError"] * 4
