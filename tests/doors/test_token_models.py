"""A token with models: on every address, all others have the answer of invented ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import copy_of
from tests.doors.by_name import OPERATORS, PATHS, REFUSALS, ask, same, whole
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.socket_client import SocketClient

# A name that the token does not have, and one of the same length that does not exist.
PAIRS = [("fake:talker", "fake:talkes"), ("closed:gone", "closes:gone"),
         ("keyless:silent", "keyliss:silent"), ("fake:unlisted", "fake:invented")]  # fmt: skip
OWN = ("pond:frog", "fake:patient", "fake:free")
PEOPLE = ("limited", "root")
ROOT = "from django.contrib.auth.models import User; User.objects.create_superuser('root')"


@pytest.fixture(scope="module")
def _limited(portal_files: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal with such tokens: `limited`, and `root` of a superuser."""
    portal = copy_of(portal_files, tmp_path_factory.mktemp("limited") / "portal", "uvicorn")
    portal.manage("shell", "-v0", "-c", ROOT)
    made = {}
    for name, user in (("limited", "ann"), ("root", "root")):
        line = portal.manage("create_token", user, "--models", *OWN).stdout
        made[name] = line.split()[-1]
    portal.tokens = {**portal.tokens, **made}
    with portal.serving():
        yield portal


@pytest.fixture
def limited(_limited: Portal, fake: FakeProvider) -> Portal:
    return _limited


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("path", [path for path in PATHS if path not in OPERATORS])
def test_another_name_is_answered_as_an_invented_one(
    limited: Portal, fake: FakeProvider, path: str, who: str
) -> None:
    for other, invented in PAIRS:
        answer = ask(limited, path, other, who)
        assert whole(answer, other) == whole(ask(limited, path, invented, who), invented)
        assert any(words in answer.text for words in REFUSALS), answer.text
    assert fake.posts == []


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("mode", ["/ws/chat/", "/ws/raw/"])
@pytest.mark.parametrize(("other", "invented"), PAIRS)
def test_sockets_answer_the_same(
    limited: Portal, fake: FakeProvider, mode: str, other: str, invented: str, who: str
) -> None:
    texts = []
    for name in (other, invented):
        with SocketClient(limited, mode, who=who) as client:
            texts.append(same(str(client.ask(model=name)[-1]), name))
    assert texts[0] == texts[1]
    assert any(words in texts[0] for words in REFUSALS)
    assert fake.posts == []


@pytest.mark.parametrize("who", PEOPLE)
def test_a_default_that_the_token_does_not_have_is_no_default(limited: Portal, who: str) -> None:
    answer = limited.chat(path="/v1/chat/completions", who=who)
    assert answer.json()["error"]["code"] == "no_default"
    with SocketClient(limited, who=who) as client:
        assert client.ask()[-1]["error"]["code"] == "no_default"


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize(
    "path", ["/v1/ai/models", "/v1/models", "/api/tags", "/v1/ai/models/status"]
)
def test_lists_have_the_models_of_the_token_alone(limited: Portal, path: str, who: str) -> None:
    answer = limited.get(path, who=who)
    assert "pond:frog" in answer.text
    for word in ("talker", "closed", "keyless", "club", "strict"):
        assert word not in answer.text, word


def test_what_the_token_names_answers(limited: Portal, fake: FakeProvider) -> None:
    for name in ("fake:patient", "fake:free"):
        answer = limited.chat(path="/v1/chat/completions", who="limited", model=name)
        assert answer.status_code == 200, answer.text
    assert [post.body["model"] for post in fake.posts] == ["patient", "free"]


def test_a_list_is_not_cached_for_another_token(limited: Portal) -> None:
    tags = {limited.get("/v1/ai/models", who=who).headers["ETag"] for who in ("ann", "limited")}
    assert len(tags) == 2
