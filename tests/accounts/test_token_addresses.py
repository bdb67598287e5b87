"""From where tokens are sent: some are refused elsewhere, and each shows its last use."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus

from tests.conftest import copy_of
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.socket_client import SocketClient

NEAR, FAR, NEAR_6 = "10.9.8.7", "198.51.100.7", "2001:db8::7"
PATHS = ("/v1/chat/completions", "/v1/ai/chat/completion", "/v1/messages", "/api/chat", "/mcp",
         "/v1/sql", "/workflow/ask", "/v1/embeddings")  # fmt: skip
READ = (
    "/v1/models",
    "/v1/ai/models",
    "/v1/ai/models/status",
    "/api/tags",
    "/metrics",
    "/v1/schema",
)


@pytest.fixture(scope="module")
def _near(portal_files: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal behind a proxy, with tokens for some addresses: `near`, and `operator`."""
    folder = tmp_path_factory.mktemp("near") / "portal"
    portal = copy_of(portal_files, folder, "uvicorn", TRUSTED_ADDRESS_HEADER="X-Forwarded-For")
    networks = ("--addresses", "10.0.0.0/8", "2001:db8::/32")
    made = {
        name: portal.manage("create_token", *user, *networks).stdout.split()[-1]
        for name, user in (("near", ("ann",)), ("operator", ("olga", "--staff")))
    }
    portal.tokens = {**portal.tokens, **made}
    with portal.serving():
        yield portal


@pytest.fixture
def near(_near: Portal, fake: FakeProvider) -> Portal:
    return _near


def code(portal: Portal, method: str, path: str, address: str, who: str = "operator") -> object:
    """Return the code of a refusal, or the status."""
    answer = portal.call(
        method, path, who=who, json={} if method == "POST" else None,
        headers={"X-Forwarded-For": address},
    )  # fmt: skip
    return 403 if answer.status_code == 403 and "address" in answer.text else answer.status_code


@pytest.mark.parametrize("path", PATHS)
def test_each_door_refuses_a_token_from_elsewhere(near: Portal, path: str) -> None:
    for address in (NEAR, NEAR_6):  # before and after: neither answer is cached for the other
        assert code(near, "POST", path, address) != 403
        assert code(near, "POST", path, FAR) == 403
        assert code(near, "POST", path, "::ffff:198.51.100.7") == 403
        assert code(near, "POST", path, f"::ffff:{NEAR}") != 403


@pytest.mark.parametrize("path", READ)
def test_what_only_lists_does_the_same(near: Portal, path: str) -> None:
    assert code(near, "GET", path, FAR) == 403
    assert code(near, "GET", path, NEAR) == 200


def test_the_code_says_why(near: Portal) -> None:
    answer = near.get("/v1/models", who="near", headers={"X-Forwarded-For": FAR})
    assert answer.json()["error"]["code"] == "address_not_allowed"
    answer = near.chat(path="/v1/chat/completions", who="near", headers={"X-Forwarded-For": FAR})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "address_not_allowed")


@pytest.mark.parametrize("path", ["/ws/chat/", "/ws/raw/", "/ws/events/"])
def test_sockets_do_not_open_from_elsewhere(near: Portal, path: str) -> None:
    SocketClient(near, path, who="near", headers={"X-Forwarded-For": NEAR}).close()
    with pytest.raises(InvalidStatus):
        SocketClient(near, path, who="near", headers={"X-Forwarded-For": FAR})


def test_readiness_hides_its_details_from_elsewhere(near: Portal) -> None:
    shown = [
        "worker" in near.get("/readyz", who="operator", headers={"X-Forwarded-For": address}).json()
        for address in (NEAR, FAR)
    ]
    assert shown == [True, False]


def shown_use(portal: Portal, address: str) -> bool:
    session = portal.sign_in("ann")
    headers = {"X-Forwarded-For": FAR}
    for _ in range(40):
        page = session.get(f"{portal.url}/tokens", headers=headers, timeout=5).text
        if f"from {address}<" in page:
            return True
        time.sleep(0.2)
    return False


def test_the_page_shows_the_last_use_but_not_that_of_a_refusal(near: Portal) -> None:
    token = near.manage("create_token", "ann", "--addresses", "10.0.0.0/8").stdout.split()[-1]
    near.get("/v1/models", who=token, headers={"X-Forwarded-For": FAR})
    near.get("/api/tags", who=token, headers={"X-Forwarded-For": "10.7.7.7"})
    assert shown_use(near, "10.7.7.7")
    assert FAR not in near.sign_in("ann").get(f"{near.url}/tokens", timeout=5).text
