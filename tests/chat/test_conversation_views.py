"""The views of the chat page: conversations, search, titles, export, and the dropdown."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from chat import conversations
from chat.conversations import Record
from chat.models import Conversation, State
from registry import snapshot
from registry.config.load import load_config
from registry.state.service import service
from tests.chat.conversation_setup import MODELS, _registry, ann, ask, talk

__all__ = ["_registry", "ann", "talk"]  # fixtures
pytestmark = pytest.mark.django_db

# ── The parts of the page ───────────────────────────────────────────────────────────────────

PATHS = ["/chat/{talk}", "/chat/{talk}/messages", "/chat/{talk}.md", "/chat/{talk}.json",
         "/chat/{talk}/title", "/chat/{talk}/folder", "/chat/{talk}/entry", "/chat/messages/{message}"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_another_user_cannot_open_search_or_change_a_conversation(
    client: Client, talk: Conversation, path: str
) -> None:
    address = path.format(talk=talk.pk, message=talk.messages.all()[0].pk)
    assert client.get(address).status_code == 200
    client.force_login(User.objects.create_superuser("root"))
    assert client.get(address).status_code == 404
    for change in ("delete", "title", "folder", "pin"):
        post = f"/chat/{talk.pk}/{change}"
        assert client.post(post, {"value": "Mine"}).status_code == 404
    talk.refresh_from_db()
    assert talk.title == "About <b>ships</b>"
    assert str(talk.pk) not in client.get("/").content.decode()
    assert "ships" not in client.get("/chat/conversations?q=ship").content.decode()


@pytest.mark.parametrize("path", ["/", *PATHS, "/chat/conversations", "/models", "/tokens"])
def test_a_signed_out_user_is_redirected_to_sign_in(
    client: Client, talk: Conversation, path: str
) -> None:
    client.logout()
    address = path.format(talk=talk.pk, message=talk.messages.all()[0].pk)
    assert client.get(address).headers["Location"].startswith("/sign-in?next=")
    part = client.get(address, headers={"HX-Request": "true"})
    assert (part.status_code, part.content) == (401, b"")


def test_an_invalid_page_url_is_ignored(client: Client, talk: Conversation) -> None:
    for url in ("http://[", "x", "//", "http://h/chat/" + "9" * 40):
        page = client.get("/chat/conversations", headers={"HX-Current-URL": url})
        assert page.status_code == 200


def test_a_long_conversation_shows_its_latest_messages_and_all_on_request(
    client: Client, talk: Conversation
) -> None:
    before = talk.messages.count()
    for number in range(150 - before):
        talk.messages.create(role="user", content=f"Question {number}")
    for path in (f"/chat/{talk.pk}", f"/chat/{talk.pk}/messages"):
        page = client.get(path).content.decode()
        assert len(re.findall(r'id="message-\d', page)) == 100
        assert "Show 50 earlier messages</a>" in page
        full_page = client.get(f"{path}?all").content.decode()
        assert len(re.findall(r'id="message-\d', full_page)) == 150
        assert "earlier message" not in full_page.replace("earlier message, replaced", "")
    path = re.findall(r'data-path="([^"]+)"', page)[0]
    earlier = client.get(path).content.decode()
    assert len(re.findall(r'id="message-\d', earlier)) == 50
    assert "Show" not in earlier


def test_the_messages_are_returned_only_if_they_have_changed(
    client: Client, talk: Conversation
) -> None:
    path = f"/chat/{talk.pk}/messages"
    version = re.findall(r'data-version="([^"]+)"', client.get(path).content.decode())[0]
    assert client.get(path, {"since": version}).status_code == 204
    begun = ask(talk.user, "Next?", conversation=talk.pk)
    assert client.get(path, {"since": version}).status_code == 200
    assert begun.answer


def test_opening_a_conversation_marks_it_as_read(client: Client, talk: Conversation) -> None:
    begun = ask(talk.user, "Next?", conversation=talk.pk)
    entry = f"/chat/{talk.pk}/entry"
    assert "is being answered" in client.get(entry).content.decode()
    record = Record(["x"], state=State.COMPLETE, unread=True)
    conversations.finish(begun.answer, record)
    assert "has a new answer" in client.get(entry).content.decode()
    client.get(f"/chat/{talk.pk}")
    assert "has a new answer" not in client.get(entry).content.decode()


def test_a_page_has_a_largest_size_whatever_the_conversation_has(
    client: Client, talk: Conversation, settings: Any
) -> None:
    settings.MAX_CONVERSATION_CHARS = 1_000_000
    for _ in range(30):
        talk.messages.create(role="user", content="x " * 100_000)
    page = client.get(f"/chat/{talk.pk}").content.decode()
    assert len(page) < 500_000  # of one message, as text and as HTML
    assert "?all" in page
    whole = client.get(f"/chat/{talk.pk}?all").content.decode()
    assert 1_800_000 < len(whole) < 2_200_000
    assert "this conversation is too long for a page. Export it" in whole


@pytest.mark.parametrize("state", [State.COMPLETE, State.RUNNING, State.STOPPED])
def test_of_a_very_long_answer_the_beginning_is_shown_and_all_exported(
    client: Client, talk: Conversation, state: State
) -> None:
    answer = talk.messages.create(role="assistant", content="long <b> " * 600_000, state=state)
    for path in (
        f"/chat/{talk.pk}",
        f"/chat/{talk.pk}?all",
        f"/chat/{talk.pk}/messages",
        f"/chat/messages/{answer.pk}",
    ):
        page = client.get(path).content.decode()
        assert len(page) < 1_000_000
        assert "This answer has 5,400,000 characters. The first 200,000 are shown" in page
    page = client.get(f"/chat/{talk.pk}").content.decode()
    assert len(re.findall(r'id="message-\d', page)) == 3, "it hides none of the earlier ones"
    assert len(client.get(f"/chat/{talk.pk}.json").content) > 5_400_000


def test_a_long_question_is_shown_whole_because_it_can_be_edited(
    client: Client, talk: Conversation
) -> None:
    talk.messages.create(role="user", content="x" * 1_000_000)
    page = client.get(f"/chat/{talk.pk}").content.decode()
    assert page.count("x" * 1_000_000) == 2
    assert "are shown" not in page


def test_head_requests_return_200(client: Client, talk: Conversation) -> None:
    for path in ("/", f"/chat/{talk.pk}", "/models", "/tokens"):
        assert client.head(path).status_code == 200


def test_pages_are_not_cached(client: Client, talk: Conversation) -> None:
    assert "no-store" in client.get(f"/chat/{talk.pk}").headers["Cache-Control"]


def test_search_finds_titles_and_messages_of_the_user_only(
    client: Client, talk: Conversation
) -> None:
    for q, matches in (
        ("SHIPS", True),
        ("large", True),
        ("nowhere", False),
        ("%", False),
        ("\0", True),
    ):
        page = client.get("/chat/conversations", {"q": q}).content.decode()
        assert (str(talk.pk) in page) is matches, q


def test_the_list_is_paginated(client: Client, ann: User) -> None:
    for number in range(45):
        Conversation.objects.create(user=ann, title=f"Talk {number}")
    first = client.get("/chat/conversations").content.decode()
    assert first.count('class="conversation"') == 40
    assert "skip=40" in first
    second = client.get("/chat/conversations?skip=40").content.decode()
    assert second.count('class="conversation"') == 5
    assert "Show older" not in second
    for invalid in ("-1", "x", "9" * 30, "²"):
        assert client.get("/chat/conversations", {"skip": invalid}).status_code == 200


def test_a_conversation_is_renamed(client: Client, talk: Conversation) -> None:
    path = f"/chat/{talk.pk}/title"
    assert b'name="value"' in client.get(path).content
    assert b'name="value"' not in client.get(path + "?cancel").content
    entry = client.post(path, {"value": "  Boats "}).content.decode()
    talk.refresh_from_db()
    assert talk.title == "Boats"
    assert "Boats" in entry
    for invalid in ("", " ", "x" * 101, "\u202e\0"):
        assert b'role="alert"' in client.post(path, {"value": invalid}).content
    talk.refresh_from_db()
    assert talk.title == "Boats"


@pytest.mark.parametrize("field", ["title", "folder"])
def test_a_name_has_no_characters_that_turn_text(
    client: Client, talk: Conversation, field: str
) -> None:
    client.post(f"/chat/{talk.pk}/{field}", {"value": "a\u202egpj.exe\u2066\0 b"})
    talk.refresh_from_db()
    assert getattr(talk, field) == "agpj.exe b"


def test_a_conversation_is_deleted(client: Client, talk: Conversation) -> None:
    open_conversation = Conversation.objects.create(user=talk.user, title="Open")
    path = f"http://testserver/chat/{open_conversation.pk}"
    response = client.post(f"/chat/{talk.pk}/delete", headers={"HX-Current-URL": path})
    assert "HX-Redirect" not in response.headers
    assert not Conversation.objects.filter(pk=talk.pk).exists()
    response = client.post(f"/chat/{open_conversation.pk}/delete", headers={"HX-Current-URL": path})
    assert response.headers["HX-Redirect"] == "/", "the deleted conversation was open"


def test_changes_need_the_csrf_token(talk: Conversation) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(talk.user)
    response = strict.post(f"/chat/{talk.pk}/delete")
    assert response.status_code == 403
    assert "the page was open for too long" in response.content.decode()


def test_a_conversation_is_exported_as_markdown(client: Client, talk: Conversation) -> None:
    talk.messages.create(role="user", content="And a boat?", replaced=True)
    talk.messages.create(role="user", content="And a raft?")
    talk.messages.create(role="assistant", content="A few", state=State.STOPPED, model="a:big")
    answer = client.get(f"/chat/{talk.pk}.md")
    text = answer.content.decode()
    assert text.startswith("# About <b>ships</b>\n\n## You (")
    assert "## The small one, a:small (" in text
    assert "A *large* boat." in text
    assert text.endswith("A few\n\n*Stopped by you after 2 words.*\n")
    assert "And a boat?" not in text
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith('attachment; filename="about-bshipsb-')
    assert disposition.endswith('.md"')


def test_an_export_as_json_has_every_field(client: Client, talk: Conversation) -> None:
    talk.messages.create(role="user", content="日本語 \u2028", replaced=True)
    document = json.loads(client.get(f"/chat/{talk.pk}.json").content)
    assert document["title"] == talk.title
    assert document["messages"][1]["usage"] == {"prompt_tokens": 9, "completion_tokens": 4}
    assert document["messages"][1]["resolution"] == {"resolved_by": "primary"}
    assert document["messages"][2] == {
        **document["messages"][2], "content": "日本語 \u2028", "replaced": True,
    }  # fmt: skip
    assert client.get(f"/chat/{talk.pk}.exe").status_code == 404


# ── The dropdown ────────────────────────────────────────────────────────────────────────────


def test_the_dropdown_offers_models_with_the_capability(client: Client, ann: User) -> None:
    page = client.get("/").content.decode()
    assert '<optgroup label="a">' in page
    assert "Default: The small one<" in page
    (small, big) = re.findall(r'<option value="a:[^>]*>([^<]*)<', page)
    assert (small, big) == ("The small one", "big")
    assert client.get("/models/options/embeddings").content.decode().count("<option") == 1
    assert client.get("/models/options/flying").status_code == 400


def test_names_in_the_file_are_escaped_on_the_page(client: Client, ann: User) -> None:
    hostile = MODELS.replace(b"The small one", b'"<script>\'{{ x }}"')
    service._registry = snapshot.build(load_config(hostile, {}))
    page = client.get("/").content.decode()
    assert "&lt;script&gt;&#x27;{{ x }}" in page
    assert "<script>'" not in page


def test_without_models_the_page_shows_what_to_do(client: Client, ann: User) -> None:
    service._registry = snapshot.build(
        load_config(MODELS.replace(b"[chat]", b"[sql]").replace(b"chat:", b"sql:"), {})
    )
    page = client.get("/").content.decode()
    assert "You have no model that can chat" in page
    assert "models.yaml" in page


def test_the_page_shows_when_a_conversation_is_deleted(
    client: Client, talk: Conversation, settings: Any
) -> None:
    assert "is deleted on" not in client.get(f"/chat/{talk.pk}").content.decode()
    settings.CHAT_DAYS = 30
    day = timezone.localdate(talk.updated + timedelta(days=30))
    assert f"is deleted on {day}" in client.get(f"/chat/{talk.pk}").content.decode()
