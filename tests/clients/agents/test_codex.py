"""Codex, an agent of OpenAI's, without a screen: it speaks the Responses API alone."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

BIN = Path(__file__).parent / "node_modules/.bin"
CONFIG = """
model = "{model}"
model_provider = "portal"
[model_providers.portal]
name = "portal"
base_url = "{url}/v1"
env_key = "PORTAL_TOKEN"
wire_api = "responses"
"""


def run(folder: Path, model: str) -> list[dict[str, Any]]:
    """Return the events that Codex prints while it works on a task."""
    (folder / "config.toml").write_text(CONFIG.format(model=model, url=os.environ["PORTAL_URL"]))
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
