"""Claude Code, an agent of Anthropic's, without a screen: the Messages API alone, and MCP."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.documented import variables

PAGE = (Path(__file__).parents[3] / "docs/mcp.md").read_text()
(ADD,) = re.findall(r"`claude (mcp add .*)`$", PAGE, re.MULTILINE)
PROGRAM = Path(__file__).parent / "node_modules/@anthropic-ai/claude-code/cli-wrapper.cjs"


@pytest.fixture
def run(project: Path) -> Callable[..., dict[str, Any]]:
    """Return what it prints about a task, for which it has tools to read and to edit."""

    def ask(model: str, prompt: str = "Say hello.", tools: str = "Read") -> dict[str, Any]:
        environment = {
            "HOME": str(project.parent), **variables("Claude Code", model),
            "ANTHROPIC_SMALL_FAST_MODEL": model, "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "CLAUDE_CODE_MAX_RETRIES": "0",
        }  # fmt: skip
        done = subprocess.run(
            ["node", PROGRAM, "-p", prompt, "--output-format", "json", "--tools", tools,
             "--permission-mode", "acceptEdits"],
            cwd=project, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, timeout=90,
        )  # fmt: skip
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    return ask


def test_it_calls_a_tool_and_answers(run: Any, provider: str) -> None:
    answer = run(f"{provider}:talker")
    assert (answer["result"], answer["is_error"]) == ("Hello there.", False), answer
    assert answer["num_turns"] == 2, "the tool, and the answer"
    assert answer["usage"]["input_tokens"] > 0


def test_it_edits_a_file(run: Any, provider: str, project: Path, prompt: Any) -> None:
    file = str(project / "greet.py")
    change = {"file_path": file, "old_string": '"hi"', "new_string": '"hello"'}
    steps = prompt(
        {"name": "Read", "arguments": {"file_path": file}},
        {"name": "Edit", "arguments": change},
        "It is changed.",
    )
    answer = run(f"{provider}:actor", steps, "Read,Edit")
    assert '"hello"' in (project / "greet.py").read_text(), answer
    assert answer["result"] == "It is changed."


def test_it_shows_the_error_of_a_model(run: Any) -> None:
    answer = run("nowhere:at-all")
    assert answer["is_error"], answer
    assert "nowhere" in answer["result"] or "model" in answer["result"], answer


@pytest.mark.parametrize(("token", "connects"), [("", True), ("nope", False)])
def test_it_connects_to_the_tools_of_the_portal(tmp_path: Path, token: str, connects: bool) -> None:
    portal, token = os.environ["PORTAL_URL"], token or os.environ["PORTAL_TOKEN"]
    add = shlex.split(ADD.replace("$PORTAL", portal).replace("$TOKEN", token))
    for arguments in (add, ["mcp", "list"]):
        done = subprocess.run(
            ["node", PROGRAM, *arguments], cwd=tmp_path, env={**os.environ, "HOME": str(tmp_path)},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=90,
        )  # fmt: skip
    assert "aimodels" in done.stdout, done
    assert ("Connected" in done.stdout) is connects, done
