"""The wheel: built, installed in an environment of its own, and used outside the checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.paths import ROOT
from tests.support.portal import Portal

pytestmark = pytest.mark.long


def run(*command: str | Path, **more: Any) -> str:
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, timeout=100, **more
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the `bin` of an environment with the wheel, and with this one's other packages."""
    folder = tmp_path_factory.mktemp("package")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
    python = folder / "venv/bin/python"
    pip = (sys.executable, "-m", "pip", "--python", python)
    run(*pip, "install", "-q", "--no-deps", "--no-index", wheel)
    (site,) = (folder / "venv/lib").glob("python*/site-packages")
    paths = [path for path in sys.path if path.endswith("site-packages")]
    (site / "others.pth").write_text("\n".join(paths))
    return python.parent


class Installed(Portal):
    """A portal that runs from the wheel, in a folder of its own."""

    programs: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = ("PATH", "LANG", "HOME", "TMPDIR")
        return {name: os.environ[name] for name in kept if name in os.environ} | self.variables

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.programs / "aimodels", *arguments], cwd=self.folder, env=self.environment,
            capture_output=True, text=True, check=check, timeout=60,
        )  # fmt: skip

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "aimodels", "serve", "--server", self.server], cwd=self.folder,
                env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        self.wait()


@pytest.fixture(scope="module")
def installed(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("installed")
    portal = Installed(folder, folder / "models.yaml", server="uvicorn")
    portal.programs = environment
    portal.variables = {"PORT": str(portal.port), "PROBE_SECONDS": "0"}
    portal.manage("init")
    portal.prepare()
    portal.start()
    yield portal
    portal.stop()
    assert "Traceback" not in portal.log.read_text()


def test_init_writes_a_secret_key_and_the_default_models_file(installed: Installed) -> None:
    assert (installed.folder / ".env").read_text().startswith("SECRET_KEY=")
    assert installed.models.read_bytes() == (ROOT / "models.yaml").read_bytes()
    assert (installed.folder / "models.schema.json").exists()
    assert (installed.folder / "var/db.sqlite3").exists()


def test_init_keeps_files_that_exist(environment: Path, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SECRET_KEY=mine\n")
    (tmp_path / "models.yaml").write_text("models: {}\n")
    run(environment / "aimodels", "init", cwd=tmp_path, env={"PATH": os.environ["PATH"]})
    assert (tmp_path / ".env").read_text() == "SECRET_KEY=mine\n"
    assert (tmp_path / "models.yaml").read_text() == "models: {}\n"


def test_the_code_comes_from_the_wheel(environment: Path, tmp_path: Path) -> None:
    program = "import aimodels, core, queryexpr; print(aimodels.__file__, core.__file__)"
    files = run(environment / "python", "-c", program, cwd=tmp_path)
    assert str(ROOT) not in files


def test_the_console_command_has_the_commands_of_manage_py(installed: Installed) -> None:
    ours = run(sys.executable, ROOT / "manage.py", "help", "--commands",
               env={**os.environ, "SECRET_KEY": "unused"})  # fmt: skip
    assert installed.manage("help", "--commands").stdout == ours
    assert "smollm2" in installed.manage("models", "list").stdout


def test_messages_name_the_console_command(installed: Installed, tmp_path: Path) -> None:
    empty = Installed(tmp_path, installed.models, server="uvicorn")
    empty.programs = installed.programs
    empty.variables = {"SECRET_KEY": "unused", "MODELS_FILE": str(installed.models)}
    assert "Run: aimodels migrate" in empty.manage("serve", check=False).stderr
    page = requests.get(installed.url + "/sign-in", timeout=20).text
    assert "<code>aimodels sign_in_link</code>" in page


def test_a_person_signs_in_and_sees_pages_with_their_static_files(installed: Installed) -> None:
    session = installed.sign_in("ann")
    for path in ("/", "/models", "/workflow", "/docs"):
        page = session.get(installed.url + path, timeout=20)
        assert page.status_code == 200, path
        files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
        assert files, path
        for file in files:
            assert session.get(installed.url + file, timeout=20).status_code == 200, file


def test_the_sql_gate_runs_in_its_process(installed: Installed) -> None:
    body = {"mode": "compile", "schema": "CREATE TABLE t (a INTEGER);",
            "ir": {"query": {"from": {"table": "t"}, "select": [{"expr": {"agg": "count"}, "as": "n"}]}}}  # fmt: skip
    answer = installed.post("/v1/sql", body).json()
    assert answer.get("outcome") == "ok", answer
