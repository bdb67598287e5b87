"""Codex, an agent of OpenAI's, without a screen: it speaks the Responses API alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

BIN = Path(__file__).parent / "node_modules/.bin"
PAGE = (Path(__file__).parents[3] / "docs/clients.md").read_text()
(CONFIG,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def run(folder: Path, model: str) -> list[dict[str, Any]]:
    """Return the events that Codex prints while it works on a task."""
    config = CONFIG.replace("http://127.0.0.1:8000", os.environ["PORTAL_URL"])
    (folder / "config.toml").write_text(config.replace("oai:talker", model))
    done = subprocess.run(
        [BIN / "codex", "exec", "--skip-git-repo-check", "--json", "Say hello."],
        cwd=folder, env={**os.environ, "CODEX_HOME": str(folder)}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False, timeout=90,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.mark.parametrize("provider", ["oai", "oll"])
def test_it_calls_a_tool_and_answers(tmp_path: Path, provider: str) -> None:
    events = run(tmp_path, f"{provider}:talker")
    items = [event["item"] for event in events if event["type"] == "item.completed"]
    assert "command_execution" in [item["type"] for item in items], events
    assert items[-1]["text"] == "Hello there.", events
    assert events[-1]["type"] == "turn.completed"
    assert events[-1]["usage"]["input_tokens"] > 0


def test_it_shows_the_error_of_a_model(tmp_path: Path) -> None:
    events = run(tmp_path, "nowhere:at-all")
    assert events[-1]["type"] == "turn.failed"
    assert "nowhere" in events[-1]["error"]["message"], events
