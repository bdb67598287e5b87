"""The examples of the documents run: on a portal as it is shipped, with its embedded model."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from registry.config.load import load_config
from registry.providers.events import Chunk, Done, Failure
from registry.providers.wire import Stamp, Target
from tests.project.pages import FENCED, TEXTS, blocks, text_of
from tests.support.paths import ROOT
from tests.support.portal import Portal

CURL = [(page, block) for page, block in blocks("sh") if block.startswith("curl ")]
PYTHON = [  # those of the page of clients run where the clients are: tests/clients/test_docs.py
    (page, block)
    for page, block in blocks("python")
    if "os.environ" in block and page != "docs/clients.md"
]
YAML = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
STAMP = Stamp("chatcmpl-1", 1)
TARGET = Target("p", "m", "http://h", {})


@pytest.mark.long
@pytest.mark.parametrize(("page", "command"), CURL)
def test_a_curl_command_works(shipped: Portal, page: str, command: str) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PORTAL": shipped.url,
        "TOKEN": shipped.tokens["olga"],
    }
    done = subprocess.run(["bash", "-euc", command], env=environment, capture_output=True, text=True,
                          check=True, timeout=60)  # fmt: skip
    if "stream" in command:
        assert done.stdout.endswith("data: [DONE]\n\n")
        return
    answers = done.stdout.splitlines() if "/api/" in command else [done.stdout]
    assert answers
    assert not [answer for answer in answers if json.loads(answer).get("error")]


@pytest.mark.long
@pytest.mark.parametrize(("page", "program"), PYTHON)
def test_a_python_program_works(shipped: Portal, page: str, program: str) -> None:
    environment = {**os.environ, "PORTAL": shipped.url, "TOKEN": shipped.tokens["ann"]}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True,
                          text=True, check=True, timeout=60)  # fmt: skip
    assert done.stdout.strip()


def test_the_examples_are_found() -> None:
    assert len(CURL) >= 12
    assert len(PYTHON) == 3


# ── Commands ────────────────────────────────────────────────────────────────────────────────


def run(line: str, **more: Any) -> str:
    """Run a line of a document with this Python. Returns its output."""
    line = line.replace(".venv/bin/python", sys.executable)
    line = line.replace(" manage.py ", f" {ROOT / 'manage.py'} ")
    done: subprocess.CompletedProcess[str] = subprocess.run(
        ["bash", "-euc", line], capture_output=True, text=True, check=False, timeout=60, **more
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout


def lines(page: str, beginning: str) -> list[str]:
    """Return the lines of a page's shell blocks that begin so."""
    shell = "\n".join(block for name, block in FENCED.findall(text_of(page)) if name == "sh")
    return [line for line in shell.splitlines() if line.startswith(beginning)]


def deployed(folder: Path) -> dict[str, str]:
    """Return the environment of a portal whose data is in `folder`."""
    ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**ours, "VAR_DIR": str(folder), "ALLOWED_HOSTS": "ai.example.org",
            "SECRET_KEY": "x" * 60, "TRUSTED_SCHEME_HEADER": "X-Forwarded-Proto",
            "DJANGO_SETTINGS_MODULE": "aimodels.settings"}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(("page", "count"), [("deployment", 3), ("operations", 4)])
def test_the_commands_to_deploy_and_to_upgrade_run_in_their_order(
    tmp_path: Path, page: str, count: int
) -> None:
    left_out = (" serve", " backup")
    commands = [
        command
        for command in lines(page, ".venv/bin/python manage.py")
        if not any(word in command for word in left_out)
    ]
    assert len(commands) == count
    for command in commands:
        run(command, env=deployed(tmp_path), cwd=tmp_path)


def test_the_backup_of_sqlite_can_be_opened(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (command,) = lines("operations", ".venv/bin/python manage.py backup")
    for one in (".venv/bin/python manage.py migrate", command):
        run(one, env=deployed(tmp_path), cwd=tmp_path)
    copy = sqlite3.connect(tmp_path / command.split()[-1])
    assert copy.execute("SELECT count(*) FROM auth_user").fetchall() == [(0,)]
    copy.close()


def test_the_commands_to_add_a_provider_run(tmp_path: Path) -> None:
    models = tmp_path / "models.yaml"
    block, _ = YAML.findall(text_of("adding-a-provider"))
    models.write_text(block)
    environment = {**os.environ, "SECRET_KEY": "x" * 60, "MODELS_FILE": str(models),
                   "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "aimodels.settings"}  # fmt: skip
    commands = lines("adding-a-provider", ".venv/bin/python manage.py")
    assert len(commands) == 3
    outputs = [run(command, env=environment) for command in commands]
    assert "1 model," in outputs[0]
    assert "VLLM_KEY" in outputs[1]
    assert "unconfigured" in outputs[2]


def test_the_other_forms_of_a_provider_have_no_mistake() -> None:
    _, block = YAML.findall(text_of("adding-a-provider"))
    loaded = load_config(block.encode(), {})
    assert set(loaded.models.providers) == {"azure", "research"}
    assert not loaded.warnings


def test_the_test_files_of_shell_examples_exist() -> None:
    for _, block in blocks("sh"):
        for path in re.findall(r"tests/[\w/.]+", block):
            assert (ROOT / path).exists(), path


# ── The wire format of docs/adding-a-wire-format.md ─────────────────────────────────────────


@pytest.fixture(scope="module")
def wire() -> Any:
    module = ModuleType("imaginary")
    (program,) = re.findall(r"```python\n(.*?)```", text_of("adding-a-wire-format"), re.DOTALL)
    exec(compile(program, "imaginary.py", "exec"), module.__dict__)
    return module


def test_the_example_has_every_name_of_a_wire_format(wire: Any) -> None:
    from registry.providers import openai
    from registry.providers.wire import Wire

    names = {name for name in vars(Wire) if not name.startswith("_")} | Wire.__annotations__.keys()
    assert {name for name in names if not hasattr(wire, name)} == set()
    assert {name for name in names if not hasattr(openai, name)} == set()
    table = text_of("adding-a-wire-format")
    assert {name for name in names if f"`{name}`" not in table} == set()


def test_its_stream_is_read_whole_and_byte_by_byte(wire: Any) -> None:
    data = b'{"t": "Hel"}\n{"t": "lo\\u2028"}\n{"end": "stop", "in": 5, "out": 2}\n'
    for size in (1, 7, len(data)):
        stream = wire.Stream(TARGET, STAMP)
        events = [e for at in range(0, len(data), size) for e in stream.feed(data[at : at + size])]
        events += stream.close()
        assert "".join(e.text for e in events if isinstance(e, Chunk)) == "Hello\u2028"
        assert [type(e) for e in events[-2:]] == [Chunk, Done]
        assert events[-2].usage["total_tokens"] == 7


def test_its_stream_that_breaks_off_is_a_failure(wire: Any) -> None:
    stream = wire.Stream(TARGET, STAMP)
    assert isinstance([*stream.feed(b'{"t": "Hel"}\n'), *stream.close()][-1], Failure)


def test_its_requests_and_errors_are_of_the_common_kind(wire: Any) -> None:
    request = wire.chat(TARGET, {"messages": [], "stream": True})
    assert request.url == "http://h/talk"
    answer = wire.read_chat(b'{"t": "Hello", "end": "stop"}', STAMP)
    assert answer["choices"][0]["message"]["content"] == "Hello"
    assert wire.read_error(503, {}, b'{"error": "busy"}').code == "overloaded"


def test_the_readmes_models_file_lists_three_providers() -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", TEXTS["README.md"], re.DOTALL)
    assert len(load_config(block.encode(), {}).endpoints) == 3
    assert len(block.splitlines()) <= 20
