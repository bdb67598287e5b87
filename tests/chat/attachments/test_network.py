"""Files over the network: large ones, and what they hold in memory while models answer."""

from __future__ import annotations

import os
import re

import requests

from tests.chat.attachments import made
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event
from tests.support.socket_client import SocketClient

LIMIT = 10 * 1024 * 1024


def upload(portal: Portal, data: bytes, name: str = "a.png") -> requests.Response:
    with portal.sign_in("ann") as session:
        return session.post(
            f"{portal.url}/chat/attachments", files={"file": (name, data)}, timeout=30
        )


def key_of(response: requests.Response) -> str:
    response.raise_for_status()
    match = re.search(r'data-id="(\S+)"', response.text)
    assert match
    return match[1]


def test_a_file_may_be_as_large_as_the_setting_says(portal: Portal) -> None:
    data = made.picture() + os.urandom(LIMIT - 1000)
    key = key_of(upload(portal, data))
    with portal.sign_in("ann") as session:
        answer = session.get(f"{portal.url}/chat/attachments/{key}", timeout=30)
        assert answer.content == data
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        session.post(f"{portal.url}/chat/attachments/discard", {"id": key}, timeout=30)
    with portal.sign_in("olga") as other:
        assert other.get(f"{portal.url}/chat/attachments/{key}", timeout=30).status_code == 404


def test_a_larger_one_is_refused_in_words(portal: Portal) -> None:
    response = upload(portal, made.picture() + b"a" * LIMIT)
    assert response.status_code == 413
    assert response.text.replace("\xa0", " ") == (
        "“a.png” has 10.0 MB; a file may have 10.0 MB. Attach a part of it."
    )


def test_pictures_count_as_bytes_of_their_person_while_models_answer(
    own_portal: Portal, fake: FakeProvider
) -> None:
    text = own_portal.models.read_text()
    own_portal.models.write_text(text.replace("talker: {capabilities: [chat]", "talker: {capabilities: [chat, vision]"))  # fmt: skip
    own_portal.variables["BYTES_PER_PERSON"] = "1000000"
    own_portal.start()
    one, two, three = (
        key_of(upload(own_portal, made.picture() + os.urandom(500_000))) for _ in "123"
    )
    fake.script(SSE_HEAD + event(chunk("Half")), HANG)
    with SocketClient(own_portal) as first, SocketClient(own_portal) as second:
        first.send(type="ask", id="1", content="A", attachments=[one])
        while first.receive()["type"] != "delta":
            pass
        refusal = second.ask("B", attachments=[two])[-1]
        assert refusal["error"]["code"] == "rate_limited"
        first.send(type="stop", id="1")
        while first.receive()["type"] != "done":
            pass
        assert second.ask("C", attachments=[three])[-1]["type"] == "done"
