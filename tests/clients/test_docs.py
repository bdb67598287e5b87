"""The examples of `docs/clients.md` run as they are written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
NODE = Path(__file__).parent / "node"
PAGE = (ROOT / "docs/clients.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
ENVIRONMENT = {
    **os.environ,
    "PORTAL": os.environ["PORTAL_URL"],
    "TOKEN": os.environ["PORTAL_TOKEN"],
}


def block(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


def output(*command: str | Path, **environment: str) -> str:
    done = subprocess.run(
        command, env=ENVIRONMENT | environment, capture_output=True, text=True, check=False,
        timeout=60, cwd=NODE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("program", block("python"))
def test_a_program_for_python_runs(program: str) -> None:
    assert re.search(r"Hello there\.|city='Bonn'", output(sys.executable, "-c", program))


@pytest.mark.parametrize("program", block("js"))
def test_a_program_for_node_runs(program: str) -> None:
    command = ("node", "--input-type=module", "-e", program)
    assert "Hello there." in output(*command)


def test_the_file_of_llm_is_read(tmp_path: Path) -> None:
    (text,) = (text for text in block("yaml") if "api_key_name" in text)
    models = yaml.safe_load(text.replace("http://127.0.0.1:8000", ENVIRONMENT["PORTAL"]))
    (tmp_path / "extra-openai-models.yaml").write_text(yaml.safe_dump(models))
    llm = Path(sys.executable).parent / "llm"
    output(
        llm, "keys", "set", "portal", "--value", ENVIRONMENT["TOKEN"], LLM_USER_PATH=str(tmp_path)
    )
    answer = output(llm, "-m", "portal", "Say hello.", LLM_USER_PATH=str(tmp_path))
    assert answer.strip() == "Hello there."
