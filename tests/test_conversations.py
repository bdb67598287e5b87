"""Conversations: what is stored of them, and the parts of the page, over HTTP."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from chat import conversations
from chat.frames import Ask
from chat.models import Conversation, Message, State
from chat.show import show
from registry import auth, config, snapshot
from registry.errors import PortalError
from registry.service import service

pytestmark = pytest.mark.django_db

MODELS = b"""models:
  defaults: {chat: "a:small"}
  a:
    api: openai
    endpoint: http://127.0.0.1:9/v1
    registry:
      small: {capabilities: [chat], title: The small one, context_window: 100, options: {max_tokens: 40}}
      big: {capabilities: [chat]}
"""


@pytest.fixture(autouse=True)
def _registry() -> Iterator[None]:
    before = service._registry
    service._registry = snapshot.build(config.load(MODELS, {}))
    yield
    service._registry = before


@pytest.fixture
def ann(client: Client) -> User:
    user = User.objects.create_user("ann")
    client.force_login(user)
    return user


@pytest.fixture
def talk(ann: User) -> Conversation:
    conversation = Conversation.objects.create(user=ann, title="About <b>ships</b>")
    add = conversation.messages.create
    add(role="user", content="What is a ship?")
    add(
        role="assistant", content="A *large* boat.", model="a:small", first_token_ms=250,
        duration_ms=1500, usage={"prompt_tokens": 9, "completion_tokens": 4}, sent=1,
        resolution={"resolved_by": "primary"}, finish_reason="stop",
    )  # fmt: skip
    return conversation


def ask(user: User, content: str = "Hi", **more: Any) -> conversations.Begun:
    client = Client()
    client.force_login(user)
    shown = auth.Credentials(session=client.cookies["sessionid"].value)
    return conversations.begin(shown, Ask(id="1", content=content, **more))


# ── What is stored ──────────────────────────────────────────────────────────────────────────


def test_a_question_makes_a_conversation_with_a_title(ann: User) -> None:
    begun = ask(ann, "\n  What   is a ship?\nTell me.")
    conversation = Conversation.objects.get(pk=begun.conversation)
    assert conversation.title == "What is a ship?"
    question, answer = conversation.messages.all()
    assert (question.pk, answer.pk) == (begun.question, begun.answer)
    assert answer.state == State.RUNNING
    assert answer.model == "a:small"
    assert conversations.title_of("x" * 100) == "x" * 59 + "…"


def test_a_question_that_is_refused_leaves_nothing(ann: User, talk: Conversation) -> None:
    refused: list[dict[str, Any]] = [
        {"model": "nobody:x"},
        {"conversation": uuid.uuid4()},
        {"conversation": talk.pk, "retry_of": 10**6},
        {"conversation": talk.pk, "edit_of": 10**6},
        {"edit_of": talk.messages.all()[0].pk},
        {"conversation": talk.pk, "retry_of": talk.messages.all()[0].pk},  # not an answer
        {"conversation": talk.pk, "edit_of": talk.messages.all()[1].pk},  # not a question
        {"content": "x" * 2000},  # longer than the model's context
    ]
    for more in refused:
        before = (Conversation.objects.count(), Message.objects.count())
        with pytest.raises(PortalError):
            ask(ann, **{"content": "Hi", **more})
        assert (Conversation.objects.count(), Message.objects.count()) == before
        assert not Message.objects.filter(replaced=True).exists()


def test_another_users_conversation_does_not_exist(talk: Conversation) -> None:
    bob = User.objects.create_user("bob")
    question, answer = talk.messages.all()
    given: list[dict[str, Any]] = [{}, {"retry_of": answer.pk}, {"edit_of": question.pk}]
    for more in given:
        with pytest.raises(PortalError) as caught:
            ask(bob, conversation=talk.pk, **more)
        assert caught.value.code == "not_found"


def test_a_message_of_another_conversation_cannot_be_replaced(
    ann: User, talk: Conversation
) -> None:
    other = ask(ann)
    conversations.finish(other.answer, conversations.Record(state=State.COMPLETE))
    with pytest.raises(PortalError):
        ask(ann, conversation=uuid.UUID(other.conversation), edit_of=talk.messages.all()[0].pk)


def test_what_does_not_fit_is_counted(ann: User, talk: Conversation) -> None:
    begun = ask(ann, "x" * 120, conversation=talk.pk)  # 44 of the 60 tokens beside the answer
    assert (begun.context.sent, begun.context.dropped) == (1, 2)
    answer = Message.objects.get(pk=begun.answer)
    assert "the last 1 message of 3" in show(answer, service.current).left_out
    everything = ask_again(ann, begun, model="a:big")
    assert (everything.context.sent, everything.context.dropped) == (3, 0)


def ask_again(user: User, begun: conversations.Begun, **more: Any) -> conversations.Begun:
    conversations.finish(begun.answer, conversations.Record(state=State.FAILED))
    return ask(user, "", conversation=uuid.UUID(begun.conversation), retry_of=begun.answer, **more)


def test_an_answer_that_never_began_is_not_sent_along(ann: User) -> None:
    begun = ask(ann, "One?", model="a:big")
    conversations.finish(begun.answer, conversations.Record(state=State.FAILED))
    again = ask(ann, "Two?", model="a:big", conversation=uuid.UUID(begun.conversation))
    assert again.context.messages == [{"role": "user", "content": "One?\n\nTwo?"}]


def test_after_a_crash_nothing_stays_running(ann: User) -> None:
    begun = ask(ann)
    conversations.progress(begun.answer, "Half an ans")
    conversations.recover()
    answer = Message.objects.get(pk=begun.answer)
    assert (answer.state, answer.content) == (State.INTERRUPTED, "Half an ans")
    conversations.progress(begun.answer, "too late")
    answer.refresh_from_db()
    assert answer.content == "Half an ans"


def test_an_answer_whose_conversation_was_deleted_is_gone(ann: User) -> None:
    begun = ask(ann)
    Conversation.objects.all().delete()
    conversations.progress(begun.answer, "x")
    conversations.finish(begun.answer, conversations.Record(state=State.COMPLETE))
    assert not Message.objects.exists()


# ── What the page says ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"state": "complete", "content": "All of it."}, ""),
        ({"state": "complete", "content": ""}, "The model said nothing."),
        ({"state": "stopped", "content": "Two words"}, "Stopped by you after 2 words."),
        ({"state": "interrupted", "content": "One"}, "Connection lost after 1 word."),
        ({"state": "interrupted", "content": "One two", "finish_reason": "length"},
         "The answer reached the model's length limit: it is not finished."),
        ({"state": "interrupted", "content": "One two", "finish_reason": "bored"},
         "The model ended this early, for a reason of its own: bored."),
        ({"state": "interrupted", "content": "One two", "error": {"code": "x", "message": "It broke."}},
         "Broken off after 2 words. It broke."),
        ({"state": "failed", "error": {"code": "x", "message": "No answer."}}, "No answer."),
    ],
)  # fmt: skip
def test_every_state_is_told_in_words(fields: dict[str, Any], note: str) -> None:
    message = Message(role="assistant", model="a:small", **fields)
    assert show(message, service.current).note == note


def test_what_is_under_an_answer(client: Client, talk: Conversation) -> None:
    page = client.get(f"/chat/{talk.pk}").content.decode()
    for part in ("The small one", "a:small (the primary)", "first word after 0.2 s", "1.5 s in all",
                 "9 tokens in, 4 out", "A <em>large</em> boat."):  # fmt: skip
        assert part in page
    assert "<b>ships</b>" not in page


def test_a_model_that_left_the_file_keeps_its_name() -> None:
    message = Message(role="assistant", model="gone:some/model:v1", resolution={"registry": True})
    shown = show(message, service.current)
    assert shown.title == "some/model:v1"
    assert "no longer listed" in shown.facts
    message.resolution = {"registry": False}
    assert "no longer listed" not in show(message, service.current).facts, "it never was"


# ── The parts of the page ───────────────────────────────────────────────────────────────────

PATHS = ["/chat/{talk}", "/chat/{talk}/messages", "/chat/{talk}.md", "/chat/{talk}.json",
         "/chat/{talk}/title", "/chat/messages/{message}"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_another_user_finds_nothing(client: Client, talk: Conversation, path: str) -> None:
    address = path.format(talk=talk.pk, message=talk.messages.all()[0].pk)
    assert client.get(address).status_code == 200
    client.force_login(User.objects.create_superuser("root"))
    assert client.get(address).status_code == 404
    for post in (f"/chat/{talk.pk}/delete", f"/chat/{talk.pk}/title"):
        assert client.post(post, {"title": "Mine"}).status_code == 404
    talk.refresh_from_db()
    assert talk.title == "About <b>ships</b>"
    assert str(talk.pk) not in client.get("/").content.decode()
    assert "ships" not in client.get("/chat/conversations?q=ship").content.decode()


@pytest.mark.parametrize("path", ["/", *PATHS, "/chat/conversations", "/models", "/tokens"])
def test_who_is_signed_out_is_sent_to_sign_in(
    client: Client, talk: Conversation, path: str
) -> None:
    client.logout()
    address = path.format(talk=talk.pk, message=talk.messages.all()[0].pk)
    assert client.get(address).headers["Location"].startswith("/sign-in?next=")
    part = client.get(address, headers={"HX-Request": "true"})
    assert (part.status_code, part.content) == (401, b"")


def test_an_odd_address_of_the_page_does_no_harm(client: Client, talk: Conversation) -> None:
    for odd in ("http://[", "x", "//", "http://h/chat/" + "9" * 40):
        page = client.get("/chat/conversations", headers={"HX-Current-URL": odd})
        assert page.status_code == 200


def test_head_is_answered(client: Client, talk: Conversation) -> None:
    for path in ("/", f"/chat/{talk.pk}", "/models", "/tokens"):
        assert client.head(path).status_code == 200


def test_no_cache_keeps_a_page(client: Client, talk: Conversation) -> None:
    assert "no-store" in client.get(f"/chat/{talk.pk}").headers["Cache-Control"]


def test_search_finds_titles_and_words_of_ones_own(client: Client, talk: Conversation) -> None:
    for q, found in (
        ("SHIPS", True),
        ("large", True),
        ("nowhere", False),
        ("%", False),
        ("\0", True),
    ):
        page = client.get("/chat/conversations", {"q": q}).content.decode()
        assert (str(talk.pk) in page) is found, q


def test_the_list_is_given_in_pieces(client: Client, ann: User) -> None:
    for number in range(45):
        Conversation.objects.create(user=ann, title=f"Talk {number}")
    first = client.get("/chat/conversations").content.decode()
    assert first.count('class="conversation"') == 40
    assert "skip=40" in first
    rest = client.get("/chat/conversations?skip=40").content.decode()
    assert rest.count('class="conversation"') == 5
    assert "Show older" not in rest
    for odd in ("-1", "x", "9" * 30, "²"):
        assert client.get("/chat/conversations", {"skip": odd}).status_code == 200


def test_a_conversation_is_renamed(client: Client, talk: Conversation) -> None:
    path = f"/chat/{talk.pk}/title"
    assert b'name="title"' in client.get(path).content
    assert b'name="title"' not in client.get(path + "?cancel").content
    entry = client.post(path, {"title": "  Boats "}).content.decode()
    talk.refresh_from_db()
    assert talk.title == "Boats"
    assert "Boats" in entry
    for bad in ("", " ", "x" * 101, "a\0b"):
        assert b'role="alert"' in client.post(path, {"title": bad}).content
    talk.refresh_from_db()
    assert talk.title == "Boats"


def test_a_conversation_is_deleted(client: Client, talk: Conversation) -> None:
    other = Conversation.objects.create(user=talk.user, title="Open")
    path = f"http://testserver/chat/{other.pk}"
    gone = client.post(f"/chat/{talk.pk}/delete", headers={"HX-Current-URL": path})
    assert "HX-Redirect" not in gone.headers
    assert not Conversation.objects.filter(pk=talk.pk).exists()
    gone = client.post(f"/chat/{other.pk}/delete", headers={"HX-Current-URL": path})
    assert gone.headers["HX-Redirect"] == "/", "the one that is open"


def test_changes_need_the_csrf_token(talk: Conversation) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(talk.user)
    refused = strict.post(f"/chat/{talk.pk}/delete")
    assert refused.status_code == 403
    assert "the page was open for too long" in refused.content.decode()


def test_export_as_markdown(client: Client, talk: Conversation) -> None:
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


def test_export_as_json_has_everything(client: Client, talk: Conversation) -> None:
    talk.messages.create(role="user", content="日本語 \u2028", replaced=True)
    found = json.loads(client.get(f"/chat/{talk.pk}.json").content)
    assert found["title"] == talk.title
    assert found["messages"][1]["usage"] == {"prompt_tokens": 9, "completion_tokens": 4}
    assert found["messages"][1]["resolution"] == {"resolved_by": "primary"}
    assert found["messages"][2] == {
        **found["messages"][2], "content": "日本語 \u2028", "replaced": True,
    }  # fmt: skip
    assert client.get(f"/chat/{talk.pk}.exe").status_code == 404


# ── The dropdown ────────────────────────────────────────────────────────────────────────────


def test_the_dropdown_offers_models_that_can(client: Client, ann: User) -> None:
    page = client.get("/").content.decode()
    assert '<optgroup label="a">' in page
    assert "Default: The small one — not checked yet" in page
    assert (
        '<option value="a:small" data-title="The small one">The small one — not checked yet, primary<'
        in page
    )
    assert '<option value="a:big" data-title="big">big — not checked yet<' in page
    assert client.get("/models/options/embeddings").content.decode().count("<option") == 1
    assert client.get("/models/options/flying").status_code == 400


def test_names_in_the_file_are_text_on_the_page(client: Client, ann: User) -> None:
    hostile = MODELS.replace(b"The small one", b'"<script>\'{{ x }}"')
    service._registry = snapshot.build(config.load(hostile, {}))
    page = client.get("/").content.decode()
    assert "&lt;script&gt;&#x27;{{ x }}" in page
    assert "<script>'" not in page


def test_without_models_the_page_says_what_to_do(client: Client, ann: User) -> None:
    service._registry = snapshot.build(
        config.load(MODELS.replace(b"[chat]", b"[sql]").replace(b"chat:", b"sql:"), {})
    )
    page = client.get("/").content.decode()
    assert "There is no model here that can chat" in page
    assert "models.yaml" in page
