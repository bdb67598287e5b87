"""What a model thinks is kept apart from its answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from chat.answers.thoughts import Split, ThinkTags
from chat.models import Conversation
from chat.personal_data import CONVERSATIONS
from tests.chat.conversation_setup import _registry, ann, ask, talk
from tests.support import anthropic_messages as anthropic
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import (
    DONE,
    NDJSON_HEAD,
    SSE_HEAD,
    chunk,
    event,
    line,
    ollama_line,
    openai_stream,
)
from tests.support.servers.databases import rows
from tests.support.socket_client import Frame, SocketClient, text_of

__all__ = ["_registry", "ann", "talk"]  # fixtures

# ── Tags in the content ─────────────────────────────────────────────────────────────────────

CASES = {
    "<think>Hm.</think>Yes.": ("Hm.", "Yes."),
    "\n<think>\nHm. \n</think>\n\nYes.\n": ("Hm.", "Yes.\n"),
    "<think>a < b </thin</think>c": ("a < b </thin", "c"),
    "<think>Hm": ("Hm", ""),
    "<think>Hm</thi": ("Hm</thi", ""),
    "<think></think>\n\nYes.": ("", "Yes."),
    "<thinker>": ("", "<thinker>"),
    " <thi": ("", " <thi"),
    "Yes. <think>no</think>": ("", "Yes. <think>no</think>"),
    " " * 300 + "<think>": ("", " " * 300 + "<think>"),
}


@pytest.mark.parametrize(("content", "expected"), CASES.items(), ids=range(len(CASES)))
def test_tags_are_read_whole_and_in_every_cut(content: str, expected: tuple[str, str]) -> None:
    for cut in range(len(content) + 1):
        for pieces in ([content[:cut], content[cut:]], list(content)):
            tags = ThinkTags()
            splits = [tags.split(piece) for piece in pieces] + [tags.close()]
            thought, text = ("".join(part) for part in zip(*splits, strict=True))
            assert (thought.rstrip(), text) == expected


def test_what_follows_is_not_read() -> None:
    tags = ThinkTags()
    tags.split("Yes.")
    assert tags.split("<think>") == Split(text="<think>")


# ── On the socket ───────────────────────────────────────────────────────────────────────────


def thinking(name: str) -> dict[str, Any]:
    return {**chunk(), "choices": [{"index": 0, "delta": {name: "Hm."}, "finish_reason": None}]}


def thoughts_of(frames: list[Frame]) -> str:
    return "".join(frame["text"] for frame in frames if frame["type"] == "thought")


TAGGED = openai_stream("<thi", "nk>Hm.</th", "ink>\n\nYes.")
SCRIPTS = {
    "reasoning_content": SSE_HEAD + event(thinking("reasoning_content")) + openai_stream("Yes."),
    "reasoning": SSE_HEAD + event(thinking("reasoning")) + openai_stream("Yes."),
    "tags": SSE_HEAD + TAGGED,
    "ollama": NDJSON_HEAD
    + line(ollama_line() | {"message": {"role": "assistant", "content": "", "thinking": "Hm."}})
    + line(ollama_line("Yes."))
    + line(ollama_line(done=True)),
    "anthropic": SSE_HEAD
    + anthropic.begin()
    + anthropic.thought(0, "Hm.")
    + anthropic.words(1, "Yes.")
    + anthropic.ending()
    + anthropic.STOP,
}
CLAW = """
  claw:
    api: anthropic
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    registry: {nail: {capabilities: [chat]}}
"""
MODELS = {"ollama": "pond:frog", "anthropic": "claw:nail"}


@pytest.mark.parametrize("name", SCRIPTS)
def test_they_are_frames_of_their_own_and_stored_apart(
    thinkers: Portal, fake: FakeProvider, name: str
) -> None:
    fake.script(SCRIPTS[name])
    with SocketClient(thinkers) as client:
        frames = client.ask(render=True, model=MODELS.get(name))
        assert (thoughts_of(frames), text_of(frames)) == ("Hm.", "Yes.")
        number = frames[0]["message"]
        query = f"SELECT content, thoughts, thought_ms FROM chat_message WHERE id = {number}"
        ((content, thoughts, milliseconds),) = rows(thinkers, query)
        assert (content, thoughts) == ("Yes.", "Hm.")
        assert milliseconds is not None
        client.ask("And?", conversation=frames[0]["conversation"])
    assert fake.posts[-1].body["messages"][1] == {"role": "assistant", "content": "Yes."}


@pytest.fixture
def thinkers(own_portal: Portal, fake: FakeProvider) -> Portal:
    own_portal.models.write_text(own_portal.models.read_text() + CLAW)
    own_portal.start()
    return own_portal


def test_who_does_not_ask_for_it_gets_the_content_as_it_is(
    talking: SocketClient, fake: FakeProvider
) -> None:
    fake.script(SSE_HEAD + TAGGED)
    frames = talking.ask()
    assert text_of(frames) == "<think>Hm.</think>\n\nYes."
    assert {frame["type"] for frame in frames} == {"start", "status", "delta", "done"}


def test_an_answer_that_is_stopped_while_it_thinks_keeps_its_thoughts(
    talking: SocketClient, fake: FakeProvider
) -> None:
    fake.script(SSE_HEAD + event(chunk("<think>Let me see</t")), HANG)
    talking.begin(render=True)
    start = talking.until("thought")[0]
    talking.send(type="stop", id="1")
    assert talking.until("done")[-1]["finish_reason"] == "stopped"
    query = f"SELECT content, thoughts, state FROM chat_message WHERE id = {start['message']}"
    assert rows(talking.portal, query) == [("", "Let me see</t", "stopped")]


def test_a_temporary_conversation_has_them_too(talking: SocketClient, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + TAGGED)
    frames = talking.ask(render=True, temporary=True)
    assert (thoughts_of(frames), text_of(frames)) == ("Hm.", "Yes.")


def test_of_very_long_ones_the_beginning_is_stored(
    talking: SocketClient, fake: FakeProvider
) -> None:
    fake.script(SSE_HEAD + event(chunk("<think>" + "Hm." * 50_000)) + event(chunk("</think>Yes.", "stop")) + DONE)  # fmt: skip
    frames = talking.ask(render=True)
    assert len(thoughts_of(frames)) == 150_000
    query = f"SELECT content, length(thoughts) FROM chat_message WHERE id = {frames[0]['message']}"
    assert rows(talking.portal, query) == [("Yes.", 50_000)]


# ── On the page and in files ────────────────────────────────────────────────────────────────


@pytest.fixture
def thoughtful(talk: Conversation) -> Conversation:
    talk.messages.filter(role="assistant").update(thoughts="About <i>keels</i>.", thought_ms=11_600)
    return talk


@pytest.mark.django_db
def test_the_page_shows_them_folded(client: Client, thoughtful: Conversation) -> None:
    page = client.get(f"/chat/{thoughtful.pk}").content.decode()
    assert "<summary>Thought for 12 s</summary>" in page
    assert "About &lt;i&gt;keels" in page


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["md", "json"])
def test_the_export_leaves_them_out(client: Client, thoughtful: Conversation, kind: str) -> None:
    export = client.get(f"/chat/{thoughtful.pk}.{kind}").content.decode()
    assert "A *large* boat." in export
    assert "keels" not in export


@pytest.mark.django_db
def test_what_is_stored_about_a_person_includes_them(thoughtful: Conversation) -> None:
    assert CONVERSATIONS.fields is not None
    fields = CONVERSATIONS.fields(thoughtful)
    assert fields["messages"][1]["thoughts"] == "About <i>keels</i>."
    assert json.dumps(fields)


@pytest.mark.django_db
def test_they_are_not_sent_back(ann: User, thoughtful: Conversation) -> None:
    begun = ask(ann, "And a boat?", conversation=thoughtful.pk, model="a:big")
    assert "keels" not in json.dumps(begun.context.messages)
