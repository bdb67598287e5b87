"""The inspector of the Model Context Protocol, on the command line, with a Node that it takes."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

PACKAGES = Path(__file__).parent / "node_modules"
(NODE,) = PACKAGES.glob("node-linux-*/bin/node")
PROGRAM = PACKAGES / "@modelcontextprotocol/inspector/clients/launcher/build/index.js"
PAGE = (Path(__file__).parents[3] / "docs/mcp.md").read_text()
(LINE,) = re.findall(
    r"^`npx @modelcontextprotocol/inspector (.*) --method tools/list`$", PAGE, re.M
)


def inspect(folder: Path, *arguments: str, token: str = "") -> tuple[int, Any]:
    """Return the exit code, and the JSON that it prints."""
    portal, token = os.environ["PORTAL_URL"], token or os.environ["PORTAL_TOKEN"]
    options = shlex.split(LINE.replace("$PORTAL", portal).replace("$TOKEN", token))
    done = subprocess.run(
        [NODE, PROGRAM, *options, *arguments], cwd=folder, stdin=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(folder)}, capture_output=True, text=True, check=False,
        timeout=90,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout or done.stderr)


def test_it_lists_tools_and_resources(tmp_path: Path) -> None:
    code, listed = inspect(tmp_path, "--method", "tools/list")
    assert code == 0
    assert [tool["name"] for tool in listed["tools"]] == [
        "list_models",
        "explain_resolution",
        "check_sql",
        "compare_sql",
        "lift_sql",
        "compile_query",
        "list_data_sources",
        "ask_data_source",
    ]
    code, listed = inspect(tmp_path, "--method", "resources/list")
    assert code == 0
    assert [one["uri"] for one in listed["resources"]] == ["aimodels://query-expression"]


def test_it_calls_a_tool(tmp_path: Path) -> None:
    call = ("--method", "tools/call", "--tool-name", "explain_resolution", "--tool-arg")
    code, result = inspect(tmp_path, *call, "capability=chat")
    assert (code, result["structuredContent"]["id"]) == (0, "oai:talker")
    _, failed = inspect(tmp_path, *call, "model=nowhere:at-all")
    assert failed["isError"], failed
    assert "nowhere" in failed["content"][0]["text"]


def test_it_shows_that_a_token_is_wrong(tmp_path: Path) -> None:
    code, _ = inspect(tmp_path, "--method", "tools/list", token="nope")
    assert code != 0
