"""The programs on the page for developers run as they are written."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

URL = os.environ["PORTAL_URL"]
SESSION = {"sessionid": os.environ["PORTAL_SESSION"]}
NODE = Path(__file__).parent / "node"
BIN = Path(sys.executable).parent
WAY = re.compile(r"<summary>(.*?)</summary>.*?<pre[^>]*><code>(.*?)</code></pre>", re.DOTALL)
COMMANDS = {
    "bash": ["bash", "-euc"],
    "python": [sys.executable, "-c"],
    "javascript": ["node", "--input-type=module", "-e"],
}
LANGUAGES = {"Python": "python", "LangChain": "python", "WebSocket": "python",
             "JavaScript": "javascript"}  # fmt: skip
SAID = {
    "talker": "Hello there.",
    "embedder": r"0\.\d",
    "ranker": r"relevance_score|A door closes",
    "scribe": "Hello there.",
    "painter": "b64_json|base64,",
}


def programs(model: str) -> list[tuple[str, str]]:
    """Return how to ask, and the program, of each block on the page."""
    page = requests.get(
        f"{URL}/developers", params={"model": model}, cookies=SESSION, timeout=30
    ).text
    assert "<summary>curl</summary>" in page
    return [
        (html.unescape(way), html.unescape(re.sub(r"<[^>]+>", "", code)))
        for way, code in WAY.findall(page)
    ]


@pytest.mark.parametrize("model", SAID)
def test_each_program_for_a_model_runs(tmp_path: Path, model: str) -> None:
    (tmp_path / "speech.mp3").write_bytes(bytes(1000))
    (tmp_path / "node_modules").symlink_to(NODE / "node_modules")
    (tmp_path / "llm").mkdir()
    path = f"{BIN}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "LLM_USER_PATH": str(tmp_path / "llm")}
    found = programs(f"oai:{model}")
    assert len(found) >= 2
    for way, program in found:
        command = COMMANDS[LANGUAGES.get(way, "bash")]
        done = subprocess.run(
            [*command, program], env=environment, capture_output=True, text=True, check=False,
            timeout=60, cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == 0, (way, done.stderr)
        assert re.search(SAID[model], done.stdout), (way, done.stdout)
