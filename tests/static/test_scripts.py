"""Runs the unit tests of the pages' scripts, which are for node's own test runner."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

TESTS = sorted(Path(__file__).parent.glob("*.test.js"))


def run_node(*files: Path) -> tuple[int, str]:
    """Return the number of tests that passed, and the output."""
    node = shutil.which("node")
    assert node, "node is not installed: scripts/debian_packages.py had no right to"
    command = [node, "--test", "--test-reporter=tap", *map(str, files)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    output = result.stdout + result.stderr
    assert result.returncode == 0, output
    counts = dict(re.findall(r"^# (\w+) (\d+)$", result.stdout, re.M))
    assert counts["pass"] == counts["tests"], output
    return int(counts["pass"]), output


def test_scripts_pass_their_unit_tests() -> None:
    assert TESTS
    passed, output = run_node(*TESTS)
    assert passed > len(TESTS), output


def test_a_failing_unit_test_fails_this_run(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.test.js"
    wrong.write_text('require("node:test")("wrong", () => { throw new Error("wrong"); });')
    with pytest.raises(AssertionError, match="wrong"):
        run_node(wrong)
