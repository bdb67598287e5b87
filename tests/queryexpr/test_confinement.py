"""An attack from inside the gate's process reaches no file, socket, program or other process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from queryexpr.gate import confinement
from tests.support.paths import ROOT

SECRET = "sk-confined-canary"
# What the gate's process does before it reads a query; then it is attacked.
ATTACKED = """
import json, sys
from queryexpr.gate import worker
class Input:
    buffer = [b'["x", {{}}]\\n']
answers, sys.stdin = sys.stdout, Input
import queryexpr.gate.engine as engine
import os, socket, subprocess, ctypes
def attack(name, arguments):
    {attack}
    raise SystemExit("it worked")
engine.run = attack
worker.main()
"""
ATTACKS = {
    "the portal's environment": "print(open(f'/proc/{os.getppid()}/environ').read())",
    "the portal's database": "open(sys.argv[1]).read()",
    "a file of the checkout": "open('models.yaml').read()",
    "the names of files": "print(os.listdir('/'))",
    "a write": "open(sys.argv[1] + '.new', 'w')",
    "a truncation": "os.truncate(sys.argv[1], 0)",
    "a removal": "os.remove(sys.argv[1])",
    "a TCP socket": "socket.create_connection(('127.0.0.1', int(sys.argv[2])))",
    "a UDP socket": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "a Unix socket": "socket.socketpair()",
    "a program": "os.execv('/bin/true', ['true'])",
    "a child": "os.fork()",
    "a signal": "os.kill(os.getppid(), 0)",
    "another's memory": "open(f'/proc/{os.getppid()}/mem', 'rb')",
    "a trace": "assert ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0 or exec('raise PermissionError')",
}  # fmt: skip


@pytest.fixture
def database(tmp_path: Path) -> Path:
    file = tmp_path / "db.sqlite3"
    file.write_text("a conversation")
    return file


def attacked(attack: str, database: Path, port: int = 9) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ATTACKED.format(attack=attack), str(database), str(port)],
        cwd=ROOT, env={**os.environ, "OPENAI_API_KEY": SECRET}, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip


full = pytest.mark.skipif(bool(confinement.missing()), reason="this kernel cannot confine")


@full
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_from_inside_fails(name: str, database: Path) -> None:
    done = attacked(ATTACKS[name], database)
    assert "it worked" not in done.stderr
    answer = json.loads(done.stdout)
    assert answer == {"failed": "PermissionError in x"}
    assert database.read_text() == "a conversation"


@full
def test_the_attacks_work_without_confinement(database: Path) -> None:
    free = "confinement.confine = lambda *args: None"
    for name in ("the portal's environment", "the portal's database", "a Unix socket", "a child"):
        program = ATTACKED.format(attack=ATTACKS[name]).replace(
            "engine.run = attack",
            f"engine.run = attack\nfrom queryexpr.gate import confinement\n{free}",
        )
        done = subprocess.run(
            [sys.executable, "-c", program, str(database), "9"], cwd=ROOT, capture_output=True,
            text=True, check=False, timeout=60,
        )  # fmt: skip
        assert "it worked" in done.stderr, name


@full
@pytest.mark.parametrize("private", [True, False])
def test_a_folder_of_packages_with_data_in_it_is_closed(database: Path, private: bool) -> None:
    folders = os.pathsep.join(map(str, [ROOT, database.parent])) if private else ""
    done = subprocess.run(
        [sys.executable, "-c", ATTACKED.format(attack=ATTACKS["the portal's database"]), str(database)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "PYTHONPATH": str(database.parent.parent), "PRIVATE_FOLDERS": folders},
    )  # fmt: skip
    assert ("it worked" in done.stderr) is not private


@full
def test_an_environment_in_the_operators_folder_is_closed(tmp_path: Path) -> None:
    """The folder of `python -m venv .` has the operator's .env in it."""
    (tmp_path / ".env").write_text(f"KEY={SECRET}")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path], check=True)
    packages = next(Path(sys.prefix).glob("lib/python*/site-packages"))
    (next(tmp_path.glob("lib/python*/site-packages")) / "all.pth").write_text(str(packages))
    python = str(tmp_path / "bin/python")
    for attack, works in (("open(sys.argv[1]).read()", False), ("import ast, wave", True)):
        done = subprocess.run(
            [python, "-c", ATTACKED.format(attack=attack), str(tmp_path / ".env")],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert ("it worked" in done.stderr) is works, done.stderr


def test_what_the_kernel_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "_landlock", lambda: 0)
    monkeypatch.setattr(confinement, "_seccomp", lambda: False)
    assert [fault.split(":")[0] for fault in confinement.missing()] == ["no Landlock", "no seccomp"]
    monkeypatch.setattr(confinement, "_landlock", lambda: 3)
    assert confinement.missing()[0].startswith("version 3 of Landlock")
