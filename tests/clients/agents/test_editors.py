"""Agents that edit files, without a screen: each changes one by the tools, or words, of a model."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.clients.documented import setting, variables

ROOT = Path(__file__).parents[3]
MODULES = Path(__file__).parent / "node_modules"
OLD, NEW = '"hi"', '"hello"'
DONE = "The greeting is changed."
BLOCK = f"""greet.py
```python
{"<" * 7} SEARCH
    return {OLD}
{"=" * 7}
    return {NEW}
{">" * 7} REPLACE
```
"""


class Agent(NamedTuple):
    """An agent: its name on the page of clients, its command, and the steps of its model."""

    name: str
    command: tuple[Any, ...]
    steps: Callable[[str], list[Any]]  # of a file's path, in its own tools
    environment: dict[str, str]
    config: str = ""  # the file that it reads, if not variables


AIDER = Agent(
    "Aider",
    (ROOT / ".venv-aider/bin/aider", "--edit-format", "diff", "--yes-always", "--no-auto-commits",
     "--no-check-update", "--analytics-disable", "--no-show-model-warnings", "greet.py", "--message"),
    lambda file: [BLOCK],
    {"LITELLM_LOCAL_MODEL_COST_MAP": "True"},
)  # fmt: skip
CONTINUE = Agent(
    "Continue",
    (MODULES / ".bin/cn", "--config", "config.yaml", "--auto", "-p"),
    lambda file: [
        {"name": "Read", "arguments": {"filepath": file}},
        {"name": "Edit", "arguments": {"file_path": file, "old_string": OLD, "new_string": NEW}},
        DONE,
    ],
    {"CONTINUE_TELEMETRY_ENABLED": "0"},
    "config.yaml",
)
OPENCODE = Agent(
    "OpenCode",
    (MODULES / "opencode-linux-x64-baseline/bin/opencode", "run"),
    lambda file: [
        {"name": "read", "arguments": {"filePath": file}},
        {"name": "edit", "arguments": {"filePath": file, "oldString": OLD, "newString": NEW}},
        DONE,
    ],
    {"OPENCODE_DISABLE_MODELS_FETCH": "1", "OPENCODE_DISABLE_AUTOUPDATE": "1"},
    "opencode.json",
)
AGENTS = [AIDER, CONTINUE, OPENCODE]
Run = Callable[..., str]


@pytest.fixture
def run(project: Path) -> Run:
    """Return what an agent prints when it is asked `prompt` of `model`."""

    def ask(agent: Agent, model: str, prompt: str) -> str:
        if not agent.command[0].exists():
            pytest.skip(f"{agent.name} is not installed: it has no package for this machine")
        own = {"HOME": str(project.parent), "PWD": str(project)}  # OpenCode believes PWD
        environment = {**os.environ, **own, **agent.environment}
        if agent.config:
            (project / agent.config).write_text(setting(agent.name, model))
        else:
            environment |= variables(agent.name, model)
        done = subprocess.run(
            [*agent.command, prompt], cwd=project, env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, timeout=90,
        )  # fmt: skip
        return done.stdout + done.stderr

    return ask


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: agent.name)
def test_it_edits_a_file(agent: Agent, provider: str, project: Path, prompt: Any, run: Run) -> None:
    file = project / "greet.py"
    output = run(agent, f"{provider}:actor", prompt(*agent.steps(str(file))))
    assert file.read_text() == f"def greet():\n    return {NEW}\n", output
    assert (NEW if agent is AIDER else DONE) in output


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: agent.name)
def test_it_shows_the_error_of_a_model(agent: Agent, run: Run) -> None:
    assert "nowhere" in run(agent, "nowhere:at-all", "Hi").replace("openai/nowhere", "")
