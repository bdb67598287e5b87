"""On every address, a restricted name has the answer of an invented one, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import copy_of
from tests.doors.by_name import OPERATORS, PATHS, REFUSALS, ask, same, whole
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.servers import databases
from tests.support.socket_client import SocketClient

# A restricted name, and one of the same length that does not exist.
PAIRS = [("strict:hidden", "strict:absent"), ("club:secret", "clun:secret"),
         ("club:whatever", "clun:whatever"), ("club:secret:latest", "clun:secret:latest")]  # fmt: skip


@pytest.fixture(scope="module", params=databases.SERVERS)
def restricted(
    request: pytest.FixtureRequest, portal_files: Portal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    portal = copy_of(portal_files, tmp_path_factory.mktemp("restricted"), request.param)
    every = "[chat, sql, embeddings, rerank, transcription, image_generation, title]"
    text = portal.models.read_text()
    hidden = f"{{hidden: {{capabilities: {every}, allow: [insiders]}}, listed:"
    portal.models.write_text(text.replace("{listed:", hidden))
    portal.start()
    yield portal
    portal.stop()


@pytest.mark.parametrize("path", PATHS)
def test_a_restricted_name_is_answered_as_an_invented_one(
    restricted: Portal, fake: FakeProvider, path: str
) -> None:
    for hidden, invented in PAIRS:
        answer = ask(restricted, path, hidden)
        assert whole(answer, hidden) == whole(ask(restricted, path, invented), invented)
        if path not in OPERATORS:
            assert any(words in answer.text for words in REFUSALS), answer.text
    assert fake.posts == []


@pytest.mark.parametrize(("hidden", "invented"), PAIRS)
def test_a_model_of_others_cannot_be_retrieved(
    restricted: Portal, hidden: str, invented: str
) -> None:
    answers = [restricted.get(f"/v1/models/{name}") for name in (hidden, invented)]
    assert whole(answers[0], hidden) == whole(answers[1], invented)


@pytest.mark.parametrize("mode", ["/ws/chat/", "/ws/raw/"])
@pytest.mark.parametrize(("hidden", "invented"), PAIRS)
def test_sockets_answer_the_same(restricted: Portal, mode: str, hidden: str, invented: str) -> None:
    texts = []
    for name in (hidden, invented):
        with SocketClient(restricted, mode) as client:
            frames = client.ask(model=name)
            texts.append(same(str(frames[-1]), name))
    assert texts[0] == texts[1]
    assert any(words in texts[0] for words in REFUSALS)


@pytest.mark.parametrize(
    "path",
    ["/v1/ai/models", "/v1/ai/models?capability=sql", "/v1/models", "/v1/ai/models/status",
     "/api/tags", "/metrics", "/healthz", "/readyz", "/v1/schema", "/models", "/chat/", "/",
     "/models/options/chat", "/models/options/chat?able", "/workflow/"],
)  # fmt: skip
def test_nothing_names_what_is_for_others(restricted: Portal, path: str) -> None:
    session = restricted.sign_in("ann")
    texts = [restricted.get(path).text, session.get(restricted.url + path, timeout=10).text]
    for text in texts:
        assert "strict:hidden" not in text
        assert "club" not in text
