"""
A tool loop of five requests through every door, onto every wire format: nothing is lost between.

What each provider sees is read as strictly as the documents of its API say.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from tests.conftest import copy_of
from tests.doors.loops.answers import ANSWERS as WRITERS
from tests.doors.loops.callers import CALLERS
from tests.doors.loops.story import ANSWERS, RESULTS, TOOLS, Said, seen
from tests.doors.loops.strict import ollama, openai
from tests.doors.loops.strict_anthropic import anthropic
from tests.support.fake_provider import FakeProvider
from tests.support.portal import LONG_TIMEOUTS, Portal

READERS = {"openai": openai, "ollama": ollama, "anthropic": anthropic}
MODELS = """
models:
  openai: {api: openai, endpoint: "http://127.0.0.1:${FAKE_PORT}/v1", registry: {m: {capabilities: [chat]}}}
  ollama: {api: ollama, host: "127.0.0.1:${FAKE_PORT}", registry: {m: {capabilities: [chat]}}}
  anthropic: {api: anthropic, endpoint: "http://127.0.0.1:${FAKE_PORT}", registry: {m: {capabilities: [chat]}}}
"""
PAIRS = [(door, wire) for door in CALLERS for wire in READERS]


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def three(
    request: pytest.FixtureRequest, portal_files: Portal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """A portal in front of a provider of each wire format."""
    folder = tmp_path_factory.mktemp("three") / "portal"
    portal = copy_of(portal_files, folder, request.param, **LONG_TIMEOUTS)
    portal.models.write_text(MODELS)
    portal.start()
    yield portal
    portal.stop()
    assert "Traceback" not in portal.log.read_text()


def _understood(said: Said) -> Said:
    """Return what a caller reads of an answer; signatures it only sends back."""
    return replace(said, signatures=(), hidden="")


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(("door", "wire"), PAIRS)
def test_a_loop_of_five_requests(
    three: Portal, fake: FakeProvider, door: str, wire: str, stream: bool
) -> None:
    with closing(CALLERS[door](three, f"{wire}:m", stream=stream)) as caller:
        for turn, answer in enumerate(ANSWERS):
            fake.script(WRITERS[wire](answer, turn, stream))
            assert caller.ask() == _understood(answer), turn
            body = fake.posts[-1].body
            assert READERS[wire](body) == seen(door, wire, turn), turn
            assert [_name(tool) for tool in body["tools"]] == list(TOOLS)
            assert bool(body.get("stream")) == stream
            if turn < len(RESULTS):
                caller.add(RESULTS[turn])


def _name(tool: dict[str, dict[str, str]]) -> object:
    return tool.get("function", tool)["name"]
