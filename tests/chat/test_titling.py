"""Titles of conversations by a model."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from chat.answers.titling import cleaned
from tests.support.fake_provider import KEEP, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import (
    SSE_HEAD,
    completion,
    http,
    openai_stream,
)
from tests.support.servers import databases
from tests.support.socket_client import SocketClient

MODELS = """
local_only: {identifiers: [iban]}
models:
  defaults: {chat: "fake:talker", title: "fake:namer"}
  fake:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    registry:
      talker: {capabilities: [chat]}
      namer: {capabilities: [title]}
  house:
    api: openai
    local: true
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    registry: {talker: {capabilities: [chat]}}
"""
RENAME = (
    "from chat.models import Conversation as C; "
    "C.objects.filter(pk=C.objects.latest('created').pk).update(title='My own')"
)


@pytest.fixture
def client(module_portal: Portal, fake: FakeProvider) -> Iterator[SocketClient]:
    with SocketClient(module_portal) as client:
        yield client


def stored(client: SocketClient, newest: int) -> list[str]:
    """Return the titles of the newest conversations, the oldest of them first."""
    query = "SELECT title FROM chat_conversation ORDER BY created DESC"
    return [title for [title] in databases.rows(client.portal, query)[newest - 1 :: -1]]


def says(fake: FakeProvider, title: str, status: int = 200) -> None:
    """Let the next two requests be the answer, and the title."""
    fake.script(SSE_HEAD + openai_stream("It is a tax on trade."), KEEP)
    fake.script(http(status, completion(title)), KEEP)


def test_a_model_names_a_new_conversation_once(client: SocketClient, fake: FakeProvider) -> None:
    says(fake, "<think>Short!</think>\n\n**Title: What VAT is.**\nMore words.")
    number = client.ask("Hello! What is\nVAT?", title=True)[0]["conversation"]
    assert client.until("title")[-1] == {
        "type": "title", "id": "1", "conversation": number, "title": "What VAT is",
    }  # fmt: skip
    assert stored(client, 1) == ["What VAT is"]
    body = fake.posts[-1].body
    assert (body["model"], body["max_tokens"]) == ("namer", 100)
    assert "What is\nVAT?" in body["messages"][1]["content"]
    assert "It is a tax on trade." in body["messages"][1]["content"]
    client.ask("And?", conversation=number, title=True)
    assert [post.body["model"] for post in fake.posts] == ["talker", "namer", "talker"]


def test_programs_that_do_not_ask_for_a_title_get_none(
    client: SocketClient, fake: FakeProvider
) -> None:
    client.ask("What is VAT?")
    client.ask("What is VAT?", temporary=True)
    assert [post.body["model"] for post in fake.posts] == ["talker", "talker"]
    assert stored(client, 1) == ["What is VAT?"]
    refused = client.ask("Hi", temporary=True, title=True)[-1]
    assert refused["error"]["code"] == "invalid_request"
    assert refused["error"]["param"] == "title"


@pytest.mark.parametrize(("text", "status"), [("", 200), ("A tax. " * 20, 200), ("VAT", 500)])
def test_a_conversation_keeps_its_first_line_if_the_model_has_no_title(
    client: SocketClient, fake: FakeProvider, text: str, status: int
) -> None:
    says(fake, text, status)
    client.ask("What is VAT?", title=True)
    fake.wait_for_post(count=2)
    says(fake, "Another")
    client.ask("What is a tax?", title=True)
    client.until("title")
    assert stored(client, 2) == ["What is VAT?", "Another"]
    assert "Traceback" not in client.portal.log.read_text()


def test_a_new_name_that_its_owner_gave_stays(client: SocketClient, fake: FakeProvider) -> None:
    renamed = threading.Event()
    fake.script(SSE_HEAD + openai_stream("A tax."), KEEP)
    fake.script(renamed, http(200, completion("VAT")), KEEP)
    client.ask("What is VAT?", title=True)
    client.portal.manage("shell", "-v0", "-c", RENAME)
    renamed.set()
    says(fake, "Another")
    client.ask("What is a tax?", title=True)
    client.until("title")
    assert stored(client, 2) == ["My own", "Another"]


@pytest.mark.parametrize(
    ("question", "mark"),
    [("What is VAT?", True), ("CH93 0076 2011 6238 5295 7 is mine.", False), ("A tax?", False)],
)
def test_a_model_elsewhere_does_not_read_what_stays_in_the_house(
    client: SocketClient, fake: FakeProvider, question: str, mark: bool
) -> None:
    client.ask(question, model="house:talker", title=True, local_only=mark)
    says(fake, "A greeting")
    client.ask("Hello?", title=True)
    client.until("title")
    assert [post.body["model"] for post in fake.posts] == ["talker", "talker", "namer"]
    assert question not in str(fake.posts[-1].body)


def test_a_mark_counts_although_the_title_model_would_not_read_so_far(
    client: SocketClient, fake: FakeProvider
) -> None:
    answer = "x" * 1990 + " CH93 0076 2011 6238 5295 7"
    fake.script(SSE_HEAD + openai_stream(answer), KEEP)
    client.ask("What is VAT?", title=True)
    says(fake, "A greeting")
    client.ask("Hello?", title=True)
    client.until("title")
    assert [post.body["model"] for post in fake.posts] == ["talker", "talker", "namer"]
    assert "x" * 100 not in str(fake.posts[-1].body)


@pytest.mark.parametrize(
    ("reply", "title"),
    [
        ("VAT in Europe", "VAT in Europe"),
        ('"VAT in Europe."', "VAT in Europe"),
        ("# VAT\n\nText", "VAT"),
        ("Titel: „Die Mehrwertsteuer“", "Die Mehrwertsteuer"),
        ("<think>Hm. VAT?</think>VAT", "VAT"),
        ("<think>Hm. VAT that never en", ""),
        ("عنوان المحادثة", "عنوان المحادثة"),
        ("…", ""),
        ("", ""),
        ("x" * 81, ""),
        ("C#", "C#"),
        ("a\u202egnp.exe\x1b[31m", "agnp.exe[31m"),
        ("Go to https://evil.example/login", ""),
    ],
)
def test_a_title_is_one_plain_line(reply: str, title: str) -> None:
    assert cleaned(reply) == title
