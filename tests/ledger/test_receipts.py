"""The receipt of an answer: its ID is the portal's own, and it says why this model."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from ledger.copying import Copier
from ledger.models import Call
from registry.models import Revision
from tests.ledger.journals import begun, ended, write
from tests.registry.config.loading import GOOD
from tests.support.portal import Portal
from tests.support.socket_client import SocketClient

FILE = GOOD.replace("openai", "rock").replace("a:", "slate:").replace(':a"', ':slate"')
POSTS: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"messages": [{"role": "user", "content": "Hi"}], "stream": True},
    "/v1/ai/chat/completion": {"messages": [{"role": "user", "content": "Hi"}]},
    "/v1/embeddings": {"input": "Hi", "model": "fake:embedder"},
    "/v1/responses": {"input": "Hi"},
    "/v1/messages": {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 9},
    "/api/chat": {"messages": [{"role": "user", "content": "Hi"}]},
    "/v1/sql": {
        "question": "How many?",
        "schema": "CREATE TABLE t (a INT)",
        "model": "fake:writer",
    },
}


@pytest.fixture
def zoe(tmp_path: Path, db: None) -> User:
    """Someone with two calls, of which one is by a token, beside someone else's."""
    user = User.objects.create_user("zoe")
    other = User.objects.create_user("other")
    calls = [
        begun(person=str(user.pk), request="same", token="", parameters={"seed": 7}), begun(person=str(user.pk)),
        begun(person=str(other.pk), request="same"),
    ]  # fmt: skip
    write(tmp_path, *calls, *(ended(call, fingerprint="fp_1") for call in calls))
    Copier(tmp_path).copy()
    Revision.objects.create(number=1, at="2026-12-24T00:00Z", revision="r1", text=FILE, mac=b"")
    return user


def client_of(user: User, *permissions: str) -> Client:
    for name in permissions:
        app, codename = name.split(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    client = Client()
    client.force_login(user)
    return client


def test_a_receipt_says_what_was_used_and_why(zoe: User) -> None:
    call = Call.of(zoe).get(request="same")
    body = client_of(zoe).get(f"/v1/ai/receipts/{call.pk}").json()
    assert (body["request_id"], body["model"], body["resolved_by"]) == (
        "same", "rock:slate", "default"
    )  # fmt: skip
    assert (body["cost"], body["currency"]) == ("0.0036", "EUR")
    assert body["usage"]["input"] == 1000
    assert (body["parameters"], body["fingerprint"]) == ({"seed": 7}, "fp_1")
    assert 'models.defaults.chat: "rock:slate"' in [line["text"] for line in body["lines"]]
    assert (body["text"], body["sealed"]) == (None, None)
    assert body["place"] == call.link.place


def test_operators_see_the_whole_file(zoe: User) -> None:
    call = Call.of(zoe)[0]
    body = client_of(zoe, "registry.operate").get(f"/v1/ai/receipts/{call.pk}").json()
    assert body["text"] == FILE
    assert '  defaults: {chat: "rock:slate"}' in [line["text"] for line in body["lines"]]
    assert body["took"] == 1000


def test_the_request_id_is_a_label_that_others_may_have_too(zoe: User) -> None:
    mine = client_of(zoe).get("/v1/ai/receipts?request_id=same").json()["receipts"]
    assert [one["person"] for one in mine] == [zoe.pk]
    both = client_of(zoe, "accounts.see_people").get("/v1/ai/receipts?request_id=same")
    assert len(both.json()["receipts"]) == 2
    assert client_of(zoe).get("/v1/ai/receipts").status_code == 400


def test_a_receipt_of_someone_else_is_none(zoe: User) -> None:
    other = Call.objects.exclude(person=zoe.pk).get()
    client = client_of(zoe)
    for address in (f"/v1/ai/receipts/{other.pk}", f"/receipts/{other.pk}"):
        assert client.get(address).status_code == 404
    client = client_of(zoe, "accounts.see_people")
    for address in (f"/v1/ai/receipts/{other.pk}", f"/receipts/{other.pk}"):
        assert client.get(address).status_code == 200


def test_the_page_shows_the_lines(zoe: User) -> None:
    call = Call.of(zoe)[0]
    page = client_of(zoe).get(f"/receipts/{call.pk}").content.decode()
    assert "models.defaults.chat: &quot;rock:slate&quot;" in page
    assert "0.0036 EUR" in page
    assert "The whole file" not in page


def receipt(portal: Portal, name: str, who: str = "ann") -> dict[str, Any]:
    """Return a receipt, which is there when its row was copied."""
    for _ in range(100):
        answer = portal.call("GET", f"/v1/ai/receipts/{name}", who=who)
        if answer.status_code == 200:
            found: dict[str, Any] = answer.json()
            return found
        time.sleep(0.1)
    raise AssertionError(answer.text)


@pytest.mark.parametrize("path", POSTS)
def test_every_api_names_the_receipt(portal: Portal, path: str) -> None:
    answer = portal.post(path, POSTS[path])
    found = receipt(portal, answer.headers["X-Receipt"])
    assert found["door"] == path
    assert found["revision"] == answer.headers["X-Revision"]
    assert found["lines"]
    if "stream" in POSTS[path]:
        assert found["parameters"]["stream"]


def test_the_end_of_an_answer_on_a_socket_names_the_receipt(portal: Portal) -> None:
    with SocketClient(portal) as client:
        frames = client.ask("Hi")
    assert receipt(portal, frames[-1]["receipt"])["capability"] == "chat"


def test_an_answer_without_a_call_has_no_receipt(portal: Portal) -> None:
    assert "X-Receipt" not in portal.post("/v1/embeddings", {"input": 1.5}).headers
