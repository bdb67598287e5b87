"""`/ws/events/`: the events that open pages receive."""

from __future__ import annotations

import time
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.registry.editing import extended
from tests.support.portal import Portal
from tests.support.socket_client import SocketClient, closing_code, code_after_flood

PATH = "/ws/events/"


def test_the_version_is_sent_at_once_and_after_each_change(running_portal: Portal) -> None:
    with (
        SocketClient(running_portal, PATH) as first,
        SocketClient(running_portal, PATH, who="olga") as second,
    ):
        before = first.receive()
        assert before["type"] == "models"
        assert second.receive() == before
        running_portal.models.write_text(extended(running_portal.models.read_text()))
        after = first.receive(2)
        assert after["version"] != before["version"]
        assert second.receive(2) == after


def test_an_unchanged_registry_sends_nothing(running_portal: Portal) -> None:
    time.sleep(1.5)  # until the first probes are finished
    with SocketClient(running_portal, PATH) as socket:
        socket.receive()
        with pytest.raises(TimeoutError):
            socket.receive(2)


def test_the_more_pages_are_open_the_longer_they_spread_their_requests(portal: Portal) -> None:
    with ExitStack() as stack:
        spreads = [
            stack.enter_context(SocketClient(portal, PATH)).receive()["spread"] for _ in range(40)
        ]
    assert spreads[0] == 0.3
    assert spreads[-1] >= 0.8


def test_events_need_a_signed_in_user(portal: Portal) -> None:
    for who in (None, "aim_wrong"):
        with pytest.raises(InvalidStatus):
            SocketClient(portal, PATH, who=who)


def test_a_page_that_floods_the_socket_is_closed(portal: Portal) -> None:
    with SocketClient(portal, PATH) as socket:
        socket.receive()
        # Over the limit, even if the server reads them slowly.
        assert code_after_flood(socket, 5000) in (4400, 1006)
        assert portal.get("/v1/ai/models").status_code == 200


def test_a_server_stop_is_announced(own_portal: Portal) -> None:
    own_portal.start()
    with SocketClient(own_portal, PATH) as socket:
        socket.receive()
        assert own_portal.stop() == 0
        assert closing_code(socket) == 1012


def test_signing_out_closes_the_socket(running_portal: Portal) -> None:
    token = running_portal.manage("create_token", "una").stdout.split()[-1]
    with SocketClient(running_portal, PATH, who=token) as socket:
        socket.receive()
        running_portal.manage(
            "shell",
            "-c",
            "from accounts.models import ApiToken; ApiToken.objects.filter(user__username='una').delete()",
        )
        assert closing_code(socket) == 4401
    with pytest.raises(ConnectionClosed):
        socket.receive()
