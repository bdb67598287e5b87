"""Claude Code, an agent of Anthropic's, without a screen: the Messages API alone, and MCP."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "clients.md").read_text()
(ADD,) = re.findall(r"`claude (mcp add .*)`$", (DOCS / "mcp.md").read_text(), re.MULTILINE)
DOCUMENTED = set(re.findall(r"^export (\w+)=", PAGE, re.MULTILINE))
PROGRAM = Path(__file__).parent / "node_modules/@anthropic-ai/claude-code/cli-wrapper.cjs"


def run(folder: Path, model: str) -> dict[str, Any]:
    """Return what it prints about a task, for which it has one tool."""
    variables = {
        "HOME": str(folder), "ANTHROPIC_BASE_URL": os.environ["PORTAL_URL"],
        "ANTHROPIC_AUTH_TOKEN": os.environ["PORTAL_TOKEN"], "ANTHROPIC_MODEL": model,
        "ANTHROPIC_SMALL_FAST_MODEL": model, "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_MAX_RETRIES": "0",
    }  # fmt: skip
    assert DOCUMENTED
    assert variables.keys() >= DOCUMENTED
    done = subprocess.run(
        ["node", PROGRAM, "-p", "Say hello.", "--output-format", "json", "--tools", "Read"],
        cwd=folder, env={**os.environ, **variables}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False, timeout=90,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("provider", ["oai", "oll"])
def test_it_calls_a_tool_and_answers(tmp_path: Path, provider: str) -> None:
    answer = run(tmp_path, f"{provider}:talker")
    assert (answer["result"], answer["is_error"]) == ("Hello there.", False), answer
    assert answer["num_turns"] == 2, "the tool, and the answer"
    assert answer["usage"]["input_tokens"] > 0


def test_it_shows_the_error_of_a_model(tmp_path: Path) -> None:
    answer = run(tmp_path, "nowhere:at-all")
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
