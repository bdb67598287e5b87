"""Keeping an answer of a comparison: the conversation goes on from it, and it counts as a vote."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from chat.comparison.votes import scores
from chat.models import Conversation, Message, State, Vote

pytestmark = pytest.mark.django_db
MODELS = ("a:small", "a:big")


def compared(
    user: User, *models: str, state: str = State.COMPLETE, **more: object
) -> list[Message]:
    """Store a question with an answer of each model, the first of which is shown."""
    talk = Conversation.objects.create(user=user, title="Ships")
    question = talk.messages.create(role="user", content="What is a ship?")
    rows = [
        Message(conversation=talk, role="assistant", content=f"By {model}.", model=model, parent=question,
                replaced=bool(place), state=state, first_token_ms=400, duration_ms=2400,
                usage={"prompt_tokens": 1200, "completion_tokens": 62}, **more)
        for place, model in enumerate(models)
    ]  # fmt: skip
    return Message.objects.bulk_create(rows)


def keep(client: Client, answer: Message, **fields: str) -> int:
    return client.post(f"/compare/answers/{answer.pk}/keep", fields).status_code


def test_the_conversation_goes_on_from_the_kept_answer(client: Client, ann: User) -> None:
    small, big = compared(ann, *MODELS)
    assert keep(client, big) == 204
    assert [m.content for m in big.conversation.messages.filter(replaced=False)] == [
        "What is a ship?",
        "By a:big.",
    ]
    vote = Vote.objects.get()
    assert (vote.question_id, vote.kept_id, vote.others, vote.blind) == (small.parent_id, big.pk, ["a:small"], False)  # fmt: skip


def test_a_vote_can_be_changed_and_is_one(client: Client, ann: User) -> None:
    small, big = compared(ann, *MODELS)
    keep(client, big, blind="yes")
    keep(client, small)
    assert [(v.kept_id, v.others, v.blind) for v in Vote.objects.all()] == [(small.pk, ["a:big"], False)]  # fmt: skip


def test_what_failed_is_no_vote_against_its_model(client: Client, ann: User) -> None:
    small, big = compared(ann, *MODELS)
    Message.objects.filter(pk=small.pk).update(state=State.FAILED)
    assert keep(client, big) == 204
    assert not Vote.objects.exists()


def test_two_answers_of_one_model_are_no_vote(client: Client, ann: User) -> None:
    assert keep(client, compared(ann, "a:big", "a:big")[1]) == 204
    assert not Vote.objects.exists()


def test_what_failed_or_has_no_word_is_not_kept(client: Client, ann: User) -> None:
    small, big = compared(ann, *MODELS)
    Message.objects.filter(pk=small.pk).update(state=State.FAILED)
    Message.objects.filter(pk=big.pk).update(state=State.STOPPED, content="")
    assert (keep(client, small), keep(client, big)) == (404, 404)


def test_a_vote_stays_what_it_was_when_another_model_goes_on(client: Client, ann: User) -> None:
    _, big = compared(ann, *MODELS, state=State.STOPPED)
    keep(client, big)
    Message.objects.filter(pk=big.pk).update(model="a:small")
    assert [(s.model, s.kept, s.compared) for s in scores()] == [("a:big", 1, 1), ("a:small", 0, 1)]


def test_a_hidden_model_is_not_named_by_its_failure(client: Client, ann: User) -> None:
    error = {"code": "provider_unreachable", "message": "a:big is away."}
    _, big = compared(ann, *MODELS, state=State.FAILED, error=error)
    shown = client.get(f"/compare/answers/{big.pk}?letter=B").text
    assert "This answer failed" in shown
    assert "big" not in shown.replace("By a:big.", "")
    assert "big" in client.get(f"/compare/answers/{big.pk}").text.replace("By a:big.", "")


def test_nothing_is_kept_while_one_is_written(client: Client, ann: User) -> None:
    small, big = compared(ann, *MODELS)
    Message.objects.filter(pk=small.pk).update(state=State.RUNNING)
    assert keep(client, big) == 409
    assert not Vote.objects.exists()


def test_others_see_and_keep_nothing(client: Client, ann: User) -> None:
    (answer,) = compared(ann, "a:big")
    client.force_login(User.objects.create_user("eve"))
    assert client.get(f"/compare/{answer.conversation_id}").status_code == 404
    assert client.get(f"/compare/answers/{answer.pk}").status_code == 404
    assert keep(client, answer) == 404


def test_facts_are_shown_and_hidden_ones_are_not(client: Client, ann: User) -> None:
    _, big = compared(ann, *MODELS)
    shown = client.get(f"/compare/answers/{big.pk}").text
    for fact in ("big", "0.4 s", "2.4 s", "31.0 tokens per second", "1,200 in, 62 out"):
        assert fact in shown
    blind = client.get(f"/compare/answers/{big.pk}?letter=B").text
    assert "Answer B" in blind
    assert "0.4 s" in blind
    assert not any(fact in blind for fact in ("big</", "tokens per second", "1,200"))
    keep(client, big, blind="yes")
    assert "tokens per second" in client.get(f"/compare/answers/{big.pk}?letter=B").text


def test_a_comparison_is_shown_again(client: Client, ann: User) -> None:
    _, big = compared(ann, *MODELS)
    page = client.get(f"/compare/{big.conversation_id}?blind").text
    assert "Answer A" in page
    assert "Answer B" in page
    assert "small" not in page.split('id="columns"')[1].split("</main>")[0].replace(
        "By a:small.", ""
    )
    page = client.get(f"/compare/{big.conversation_id}?blind=CA").text
    assert page.index("Answer C</h2>") < page.index("Answer A</h2>")
    keep(client, big)
    page = client.get(f"/compare/{big.conversation_id}?blind").text
    assert "(kept)" in page
    assert "The small one" in page


def test_scores_count_each_comparison_of_a_model(client: Client, ann: User) -> None:
    keep(client, compared(ann, *MODELS)[1])
    keep(client, compared(ann, *MODELS)[1], blind="yes")
    keep(client, compared(ann, *MODELS, "b:third")[0])
    counted = [(s.model, s.kept, s.compared, s.blind_kept, s.blind_compared) for s in scores()]
    assert counted == [("a:big", 2, 3, 1, 1), ("a:small", 1, 3, 0, 1), ("b:third", 0, 1, 0, 0)]
    ann.user_permissions.add(Permission.objects.get(codename="view_feedback"))
    page = client.get("/feedback").text
    assert "Comparisons" in page
    assert "67" in page  # percent


def test_votes_go_with_their_conversation(client: Client, ann: User) -> None:
    _, big = compared(ann, *MODELS)
    keep(client, big)
    client.post(f"/chat/{big.conversation_id}/delete")
    assert not Vote.objects.exists()


def test_every_answer_of_a_blind_comparison_has_a_letter(client: Client, ann: User) -> None:
    models = [f"a:m{number}" for number in range(5)]
    answers = compared(ann, *models)
    page = client.get(f"/compare/{answers[0].conversation_id}?blind=EA").text
    columns = page.split('id="columns"')[1].split("</main>")[0]
    assert [f"Answer {letter}</h2>" in columns for letter in "ABCDE"] == [True] * 5
    assert not any(f"{model}</h2>" in columns for model in models)
    assert "Answer D" in client.get(f"/compare/answers/{answers[3].pk}?letter=D").text
