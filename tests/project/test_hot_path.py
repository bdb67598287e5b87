"""What an answer may cost: no thread, no query, and not many more instructions than it did."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.conftest import copy_of
from tests.support.fake_provider import FakeProvider
from tests.support.inside import ROUNDS
from tests.support.paths import DATA, ROOT
from tests.support.portal import Portal
from tests.support.programs import needs

Run = Callable[..., str]
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
ROCK = """
  rock:
    api: anthropic
    endpoint: http://127.0.0.1:${FAKE_PORT}
    registry: {slate: {capabilities: [chat]}}
"""


@pytest.fixture(scope="module")
def inside(
    portal_files: Portal, fake_process: FakeProvider, tmp_path_factory: pytest.TempPathFactory
) -> Run:
    """Run `tests.support.inside` and return what it prints."""
    own = copy_of(portal_files, tmp_path_factory.mktemp("inside"))
    own.models.write_text(own.models.read_text() + ROCK)
    limits = ("RATE_LIMIT_PER_MINUTE", "TOKENS_PER_MINUTE", "ANSWERS_PER_PERSON")
    quiet = {"AUTH_CACHE_SECONDS": "600", "PYTHONHASHSEED": "0", "TOKEN": own.tokens["ann"],
             **dict.fromkeys(limits, "100000000"),  # on, and not reached
             "FIRST_BYTE_TIMEOUT": "20", "WHOLE_ANSWER_TIMEOUT": "20", "IDLE_TIMEOUT": "20", "TOTAL_TIMEOUT": "40"}  # fmt: skip

    def run(*arguments: str, under: tuple[str, ...] = ()) -> str:
        fake_process.reset()
        done = subprocess.run(
            [*under, sys.executable, "-m", "tests.support.inside", *arguments],
            cwd=ROOT, env={**own.environment, **quiet}, capture_output=True, text=True,
            check=False, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def left_to_threads(inside: Run) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = json.loads(inside("hops"))
    return found


@pytest.mark.parametrize(
    "way",
    [
        "whole",
        "stream",
        "whole, OpenAI's",
        "stream, OpenAI's",
        "embeddings",
        "base64",
        "messages",
        "responses",
    ],
)
def test_an_answer_takes_no_thread_and_no_query(
    left_to_threads: dict[str, dict[str, int]], way: str
) -> None:
    assert left_to_threads[way] == {"hops": 0, "queries": 0}


def test_a_socket_asks_the_database_at_the_beginning_and_the_end_whatever_comes_between(
    left_to_threads: dict[str, dict[str, int]],
) -> None:
    assert left_to_threads["chat"]["hops"] == 2
    assert left_to_threads["chat, long"] == left_to_threads["chat"]
    assert left_to_threads["raw"]["hops"] == 1, "is this user still welcome?"


@pytest.fixture(scope="module")
def instructions(inside: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """What callgrind counts of each work, in thousands for one."""
    folder = tmp_path_factory.mktemp("callgrind")
    library = folder / "callgrind.so"
    source = DATA / "callgrind.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    out = f"--callgrind-out-file={folder}/out"
    valgrind = ("valgrind", "--tool=callgrind", "--instr-atstart=no", "--combine-dumps=no", out)
    inside("instructions", str(library), under=valgrind)
    return dict(_count(path) for path in folder.glob("out.*"))


def _count(path: Path) -> tuple[str, float]:
    text = path.read_text()
    (name,) = re.findall(r"^desc: Trigger: Client Request: (\w+)$", text, re.MULTILINE)
    (total,) = re.findall(r"^totals: (\d+)$", text, re.MULTILINE)
    return name, int(total) / ROUNDS / 1000


SLACK = {"chat_socket": 2.0}  # on a busy machine its chunks come one by one, not together
BUDGETS = yaml.safe_load((DATA / "instructions.yaml").read_text())


@needs("valgrind", "cc")
@pytest.mark.skipif(  # each version of Python takes another number of instructions
    VERSION not in BUDGETS, reason=f"instructions.yaml has no budget for Python {VERSION}"
)
@pytest.mark.timeout(700)
@pytest.mark.long
def test_nothing_takes_a_quarter_more_instructions_than_its_budget(
    instructions: dict[str, float],
) -> None:
    """Instructions, not time: so it does not matter what else this machine does.

    Where a work has become dearer for a good reason, write its number into instructions.yaml; where
    it has become cheaper, too, so that it stays so.
    """
    budget = BUDGETS[VERSION]
    assert instructions.keys() == budget.keys()
    over = {
        name: (round(number), budget[name])
        for name, number in instructions.items()
        if number > budget[name] * SLACK.get(name, 1.25)
    }
    assert not over, "thousands of instructions, and their budget"
