"""The programs on the page for developers."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from aimodels.developers.snippets import WAYS, Way, text

PAIRS = [(capability, way) for capability, ways in WAYS.items() for way in ways]
ADDRESS = "https://ai.example.org"
ODD = 'house:it\'s "odd" $HOME `id` \\ {x} <b>'
# Print what the programs would send, and the file that they write for `llm`.
SHELL = """curl() { printf '%s\\n' "$@"; case "$*" in *@-*) cat;; esac; }
llm() { echo "$FOLDER/logs.db"; }
"""


@pytest.mark.parametrize(
    ("capability", "way"), [pair for pair in PAIRS if pair[1].language == "python"]
)
def test_the_odd_name_of_a_model_is_a_text_of_python(capability: str, way: Way) -> None:
    nodes = ast.walk(ast.parse(text(capability, way, ADDRESS, ODD)))
    assert ODD in [node.value for node in nodes if isinstance(node, ast.Constant)]


@pytest.mark.parametrize(
    ("capability", "way"), [pair for pair in PAIRS if pair[1].language == "bash"]
)
def test_the_odd_name_of_a_model_is_a_text_of_the_shell(
    tmp_path: Path, capability: str, way: Way
) -> None:
    program = SHELL + text(capability, way, ADDRESS, ODD)
    done = subprocess.run(
        ["bash", "-c", program], capture_output=True, text=True, check=True, env={**os.environ, "FOLDER": str(tmp_path)}
    )  # fmt: skip
    settings = tmp_path / "extra-openai-models.yaml"
    sent = settings.read_text() if settings.exists() else done.stdout
    assert ODD in sent or json.dumps(ODD) in sent


def test_each_program_has_the_address_and_the_variable_of_the_token() -> None:
    for capability, way in PAIRS:
        program = text(capability, way, ADDRESS, "house:m")
        assert re.search(r"(https|wss)://ai\.example\.org/(v1|ws)", program), (capability, way)
        assert "PORTAL_TOKEN" in program
        assert "house:m" in program
