"""Feedback on answers: who gives it, who reads it, and what they see."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from chat.models import Conversation, Feedback, Message, State

pytestmark = pytest.mark.django_db
SECRET = "my salary is 4711"


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann")


@pytest.fixture
def answer(ann: User) -> Message:
    return answer_of(ann)


def answer_of(user: User, model: str = "fake:talker") -> Message:
    conversation = Conversation.objects.create(user=user, title="Pay")
    question = Message.objects.create(conversation=conversation, role="user", content=SECRET)
    return Message.objects.create(
        conversation=conversation, role="assistant", content="**Fine.**", model=model, parent=question
    )  # fmt: skip


def give(user: User, answer: Message, **fields: str) -> tuple[int, str]:
    client = Client()
    client.force_login(user)
    response = client.post(f"/chat/messages/{answer.pk}/feedback", fields)
    return response.status_code, response.content.decode()


def read(user: User, query: str = "") -> tuple[int, str]:
    client = Client()
    client.force_login(user)
    response = client.get(f"/feedback{query}")
    return response.status_code, response.content.decode()


@pytest.fixture
def reader() -> User:
    user = User.objects.create_user("rita")
    user.user_permissions.add(Permission.objects.get(codename="view_feedback"))
    return user


def test_the_same_thumb_again_takes_the_feedback_back(ann: User, answer: Message) -> None:
    assert give(ann, answer, good="no")[0] == 200
    assert [row.good for row in Feedback.objects.all()] == [False]
    give(ann, answer, good="yes")
    assert [row.good for row in Feedback.objects.all()] == [True]
    give(ann, answer, good="yes")
    assert not Feedback.objects.exists()


def test_a_reason_is_one_of_the_list_and_the_text_is_limited(ann: User, answer: Message) -> None:
    assert "What is wrong?" in give(ann, answer, good="no")[1]
    assert "Thank you" in give(ann, answer, why="yes", reason="wrong", text="It is 19 %.")[1]
    (row,) = Feedback.objects.all()
    assert (row.reason, row.text, row.shared) == ("wrong", "It is 19 %.", False)
    assert "Thank you" not in give(ann, answer, why="yes", text="x" * 2001)[1]
    assert "Thank you" not in give(ann, answer, why="yes", reason="odd")[1]
    assert Feedback.objects.get().text == "It is 19 %."
    give(ann, answer, good="yes")
    assert Feedback.objects.get().reason == ""


def test_no_one_else_can_give_it_nor_to_a_question(ann: User, answer: Message) -> None:
    assert give(User.objects.create_user("bob"), answer, good="yes")[0] == 404
    question = answer.parent
    assert question is not None
    assert give(ann, question, good="yes")[0] == 404
    assert give(ann, answer, why="yes", text="Without a thumb.")[0] == 400
    assert not Feedback.objects.filter(text__contains="Without").exists()


def test_it_opens_no_conversation_unless_its_owner_ticks_that(
    ann: User, answer: Message, reader: User
) -> None:
    give(ann, answer, good="no")
    give(ann, answer, why="yes", reason="wrong", text="See above.")
    page = read(reader)[1]
    assert read(reader, f"/{answer.pk}")[0] == 404
    assert "See above." in page
    assert "It is wrong" in page
    assert SECRET not in page
    assert "Fine." not in page
    assert "ann" not in page.partition("<main")[2].partition("</main>")[0].split()
    give(ann, answer, why="yes", reason="wrong", text="See above.", shared="on")
    assert SECRET not in read(reader)[1], "it is fetched when it is opened"
    opened = read(reader, f"/{answer.pk}")[1]
    assert SECRET in opened
    assert "<strong>Fine.</strong>" in opened


def test_only_those_with_the_permission_read_it(ann: User) -> None:
    assert read(ann)[0] == 403
    assert read(ann, "/1")[0] == 403


def test_a_page_of_long_answers_renders_none_of_them(
    ann: User, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(25):
        answer = answer_of(ann)
        Feedback.objects.create(message=answer, good=True, shared=True)
    monkeypatch.setattr("chat.feedback.read.render_markdown", pytest.fail)
    status, page = read(reader)
    assert status == 200
    assert page.count("Question and answer") == 25


def test_models_are_counted_each(ann: User, reader: User) -> None:
    assert "No one has given feedback yet." in read(reader)[1]
    for number in range(3):
        give(ann, answer_of(ann), good="yes" if number else "no")
    give(ann, answer_of(ann, "house:tiny"), good="no")
    page = " ".join(read(reader)[1].split())
    assert "fake:talker</a></th> <td>2</td><td>1</td><td>67</td>" in page
    assert "house:tiny</a></th> <td>0</td><td>1</td><td>0</td>" in page
    tiny = answer_of(ann, "house:tiny")
    give(ann, tiny, good="no")
    give(ann, tiny, why="yes", reason="wrong")
    latest = read(reader, "?model=house:tiny")[1].partition("What people said")[2]
    assert "fake:talker" not in latest
    assert latest.count("<li>") == 1


@pytest.mark.parametrize("state", [State.RUNNING, State.FAILED])
def test_an_answer_that_has_no_text_yet_gets_none(ann: User, answer: Message, state: str) -> None:
    Message.objects.filter(pk=answer.pk).update(state=state)
    assert give(ann, answer, good="yes")[0] == 404


def test_it_goes_with_the_answer(ann: User, answer: Message) -> None:
    give(ann, answer, good="yes")
    answer.conversation.delete()
    assert not Feedback.objects.exists()
