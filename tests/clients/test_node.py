"""Runs the tests of the clients for Node, which are for its own test runner: `tests/clients/node`."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).parent / "node").glob("*.test.mjs"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_tests_in_node_pass(file: Path) -> None:
    command = ["node", "--test", "--test-reporter=tap", str(file)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    counts = dict(re.findall(r"^# (\w+) (\d+)$", result.stdout, re.M))
    assert result.returncode == 0, result.stdout + result.stderr
    assert int(counts["pass"]) == int(counts["tests"]) > len(FILES), result.stdout
