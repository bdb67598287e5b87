"""Codex, an agent of OpenAI's, without a screen: it speaks the Responses API alone."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.documented import setting

BIN = Path(__file__).parent / "node_modules/.bin"


@pytest.fixture
def run(project: Path) -> Callable[..., list[dict[str, Any]]]:
    """Return the events that Codex prints while it works on a task."""

    def ask(model: str, prompt: str = "Say hello.") -> list[dict[str, Any]]:
        (project.parent / "config.toml").write_text(setting("Codex", model))
        done = subprocess.run(
            [BIN / "codex", "exec", "--dangerously-bypass-approvals-and-sandbox", "--json", prompt],
            cwd=project, env={**os.environ, "CODEX_HOME": str(project.parent)},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=90,
        )  # fmt: skip
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    return ask


def test_it_calls_a_tool_and_answers(run: Any, provider: str) -> None:
    events = run(f"{provider}:talker")
    items = [event["item"] for event in events if event["type"] == "item.completed"]
    assert "command_execution" in [item["type"] for item in items], events
    assert items[-1]["text"] == "Hello there.", events
    assert events[-1]["type"] == "turn.completed"
    assert events[-1]["usage"]["input_tokens"] > 0


def test_it_edits_a_file(run: Any, provider: str, project: Path, prompt: Any) -> None:
    command = {"cmd": "sed -i s/hi/hello/ greet.py"}
    events = run(
        f"{provider}:actor",
        prompt({"name": "exec_command", "arguments": command}, "It is changed."),
    )
    assert '"hello"' in (project / "greet.py").read_text(), events
    assert events[-2]["item"]["text"] == "It is changed."


def test_it_shows_the_error_of_a_model(run: Any) -> None:
    events = run("nowhere:at-all")
    assert events[-1]["type"] == "turn.failed"
    assert "nowhere" in events[-1]["error"]["message"], events
