"""Shares: who reads what, for how long, and what is never in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from chat.models import Conversation
from core.personal_data.retention import expire
from sharing.models import MAX_SHARES, Share
from tests.chat.conversation_setup import _registry, ann, talk
from workflow.answers import IRAnswer, Preview
from workflow.models import Inquiry
from workflow.page.inquiry import InquiryAnswer, from_stored, to_stored
from workflow.page.kept import KeptQuery, stored_view, to_edited
from workflow.pipeline.outcomes import Attempt
from workflow.sources.loaded import current

__all__ = ["_registry", "ann", "talk"]
pytestmark = pytest.mark.django_db
ALL, LAW = {"audience": "all", "days": 30}, {"audience": "groups", "days": 7}
IR = {"query": {"from": {"table": "ship"}, "select": [{"expr": {"agg": "count"}}]}}
SOURCES = """
sources:
  harbour: {url: "sqlite:////srv/harbour.db", groups: [captains], tables: [ship], run: true}
"""


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob")


@pytest.fixture
def reader(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


@pytest.fixture
def _harbour(settings: Any, tmp_path: Path) -> Iterator[None]:
    (tmp_path / "sources.yaml").write_text(SOURCES)
    settings.SOURCES_FILE = str(tmp_path / "sources.yaml")
    current.forget()
    yield
    current.forget()


def question(user: User, source: str = "") -> Inquiry:
    built = IRAnswer(
        ir=IR, valid=True, outcome="ok", explanation=("Count the ships.",),
        attempts=(Attempt("a secret reply"),), resolution={"id": "a:secret"},
        sql_preview=Preview("sqlite", "SELECT COUNT(*) FROM ship"),
    )  # fmt: skip
    answer = to_stored(InquiryAnswer(dialect="sqlite", built=built))
    schema = "" if source else "CREATE TABLE ship (id INTEGER);"
    return Inquiry.objects.create(
        user=user, question="How many ships?", dialect="sqlite", source=source, schema=schema,
        outcome="ok", answer=answer,
    )  # fmt: skip


def share(client: Client, row: Conversation | Inquiry, **form: Any) -> Share:
    kind = "chat" if isinstance(row, Conversation) else "workflow"
    answer = client.post(f"/{kind}/{row.pk}/share", form or ALL)
    assert answer.status_code == 302, answer.content.decode()
    return Share.objects.latest("created")


def text(client: Client, row: Share) -> str:
    answer = client.get(f"/shared/{row.pk}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_conversation_is_shared_as_it_was(client: Client, talk: Conversation, reader: Client):
    row = share(client, talk)
    talk.messages.create(role="user", content="And a submarine?")
    shown = text(reader, row)
    assert "<em>large</em>" in shown
    assert "What is a ship?" in shown
    assert "submarine" not in shown
    assert "small" not in shown, "the model may be one that the reader may not use"


def test_members_of_a_group_read_what_others_do_not_find(
    client: Client, ann: User, bob: User, talk: Conversation, reader: Client
):
    law = Group.objects.create(name="law")
    ann.groups.add(law)
    row = share(client, talk, groups=[law.pk], **LAW)
    assert reader.get(f"/shared/{row.pk}").status_code == 404
    bob.groups.add(law)
    assert "What is a ship?" in text(reader, row)
    assert Client().get(f"/shared/{row.pk}").status_code == 302, "they sign in first"


def test_a_share_names_a_group_of_ones_own_or_everyone(client: Client, talk: Conversation):
    group = Group.objects.create(name="law")
    answer = client.post(f"/chat/{talk.pk}/share", {**LAW, "groups": [group.pk]})
    assert answer.status_code == 200
    assert not Share.objects.exists()


def test_a_share_ends_and_can_be_revoked(client: Client, talk: Conversation, reader: Client):
    row = share(client, talk)
    Share.objects.update(ends=timezone.now() - timedelta(minutes=1))
    assert reader.get(f"/shared/{row.pk}").status_code == 404
    assert "only you see it" in text(client, row)
    second = share(client, talk)
    assert reader.post(f"/shared/{second.pk}/revoke").status_code == 404
    assert client.post(f"/shared/{second.pk}/revoke").status_code == 200
    assert reader.get(f"/shared/{second.pk}").status_code == 404


def test_a_share_goes_with_its_conversation_and_some_days_after_its_end(
    client: Client, talk: Conversation, settings: Any
):
    share(client, talk)
    settings.ENDED_DAYS = 5
    Share.objects.update(ends=timezone.now() - timedelta(days=6))
    assert expire() == {"shares": 1}
    share(client, talk)
    talk.delete()
    assert not Share.objects.exists()


def test_no_one_shares_what_is_not_theirs(reader: Client, talk: Conversation, ann: User):
    assert reader.post(f"/chat/{talk.pk}/share", ALL).status_code == 404
    assert reader.post(f"/workflow/{question(ann).pk}/share", ALL).status_code == 404


def test_a_question_is_shared_without_what_models_replied_and_becomes_ones_own(
    client: Client, ann: User, bob: User, reader: Client
):
    row = share(client, question(ann))
    shown = text(reader, row)
    assert "COUNT" in shown
    assert "Count the ships." in shown
    assert "CREATE TABLE ship" in shown
    answer = reader.post(f"/shared/{row.pk}/take")
    taken = Inquiry.objects.get(user=bob)
    assert answer["Location"] == f"/workflow/{taken.pk}"
    assert "COUNT" in reader.get(answer["Location"]).content.decode()
    assert "secret" not in shown + str(taken.answer) + str(row.content)


def test_what_was_changed_and_what_is_doubtful_goes_with_a_question(
    client: Client, ann: User, bob: User, reader: Client
):
    row = question(ann)
    doubtful = replace(from_stored(row.answer), doubts=("Your question has the number 2019.",))
    Inquiry.objects.update(answer=to_stored(doubtful))
    row.refresh_from_db()
    assert "the number 2019" in text(reader, share(client, row))
    kept = KeptQuery(dialect="tsql", ir=IR, sql="SELECT COUNT(*) FROM [ship]", clauses={})
    Inquiry.objects.update(edited=to_edited(kept))
    row.refresh_from_db()
    shared = share(client, row)
    shown = text(reader, shared)
    assert "[ship]" in strip_tags(shown)
    assert "Changed since the models wrote it." in shown
    assert "the number 2019" not in shown, "that was about the models' own"
    reader.post(f"/shared/{shared.pk}/take")
    taken = stored_view(Inquiry.objects.get(user=bob), None)
    assert (taken.written, taken.dialect, taken.is_edited) == ("sqlite", "tsql", True)


@pytest.mark.usefixtures("_harbour")
def test_who_may_not_use_the_source_sees_neither_tables_nor_sql(
    client: Client, ann: User, bob: User, reader: Client
):
    captains = Group.objects.create(name="captains")
    ann.groups.add(captains)
    row = share(client, question(ann, "harbour"), **ALL)
    shown = text(reader, row)
    assert "a data source that you may not use" in shown
    assert "COUNT" not in shown
    assert "ship" not in shown.partition("<main")[2].partition("</main>")[0].lower()
    assert reader.post(f"/shared/{row.pk}/take").status_code == 404
    bob.groups.add(captains)
    assert "COUNT" in text(reader, row)


def test_a_question_without_a_query_cannot_be_shared(client: Client, ann: User):
    failed = InquiryAnswer(dialect="sqlite", built=IRAnswer(outcome="invalid"))
    row = Inquiry.objects.create(
        user=ann, dialect="sqlite", outcome="invalid", answer=to_stored(failed)
    )
    assert client.get(f"/workflow/{row.pk}/share").status_code == 404


def test_what_stays_in_the_house_is_marked(client: Client, talk: Conversation, reader: Client):
    Conversation.objects.update(local_only=True)
    assert "stays in the house" in client.get(f"/chat/{talk.pk}/share").content.decode()
    assert "do not paste it elsewhere" in text(reader, share(client, talk))


def test_a_mark_that_came_later_is_shown(client: Client, talk: Conversation, reader: Client):
    row = share(client, talk)
    assert "do not paste it elsewhere" not in text(reader, row)
    Conversation.objects.update(local_only=True)
    assert "do not paste it elsewhere" in text(reader, row)


def test_of_a_very_long_answer_the_beginning_is_shown(
    client: Client, talk: Conversation, reader: Client
):
    talk.messages.filter(role="assistant").update(content="x" * 200_100)
    assert "100 more characters are not shown." in text(reader, share(client, talk))


def test_one_person_shares_so_many_things_only(client: Client, ann: User, talk: Conversation):
    ends = timezone.now()
    Share.objects.bulk_create(Share(user=ann, content={}, ends=ends) for _ in range(MAX_SHARES))
    answer = client.post(f"/chat/{talk.pk}/share", ALL)
    assert "Revoke one first." in answer.content.decode()
    assert Share.objects.count() == MAX_SHARES


def test_the_list_has_the_address_and_until_when(client: Client, talk: Conversation):
    row = share(client, talk)
    shown = client.get("/account/shares").content.decode()
    assert f"http://testserver/shared/{row.pk}" in shown
    assert "for everyone who is signed in, until" in shown


def test_a_group_that_is_deleted_opens_its_shares_to_no_one(
    ann: User, bob: User, reader: Client, talk: Conversation
) -> None:
    law = Group.objects.create(name="law")
    ann.groups.add(law)
    bob.groups.add(law)
    owner = Client()
    owner.force_login(ann)
    row = share(owner, talk, audience="groups", groups=[law.pk], days=7)
    assert reader.get(f"/shared/{row.pk}").status_code == 200
    law.delete()
    assert reader.get(f"/shared/{row.pk}").status_code == 404
    assert "for no one: its groups are gone" in owner.get("/account/shares").content.decode()


def test_a_group_that_its_owner_left_reads_nothing_more(
    ann: User, bob: User, reader: Client, client: Client, talk: Conversation
) -> None:
    law, tax = Group.objects.create(name="law"), Group.objects.create(name="tax")
    ann.groups.add(law, tax)
    bob.groups.add(law)
    row = share(client, talk, audience="groups", groups=[law.pk, tax.pk], days=7)
    assert reader.get(f"/shared/{row.pk}").status_code == 200
    ann.groups.remove(law)
    assert reader.get(f"/shared/{row.pk}").status_code == 404
    assert "for tax, until" in client.get("/account/shares").content.decode()
    ann.groups.remove(tax)
    assert "for no one: you left its groups" in client.get("/account/shares").content.decode()
    ann.groups.add(law)
    assert reader.get(f"/shared/{row.pk}").status_code == 200


def test_a_note_names_no_model_and_no_error(ann: User, talk: Conversation) -> None:
    error = {"code": "odd", "message": "http://10.0.0.5:8080 said no"}
    talk.messages.create(
        role="assistant", content="Half", model="a:small", state="interrupted", error=error
    )
    owner = Client()
    owner.force_login(ann)
    shown = text(owner, share(owner, talk))
    assert "This answer is not finished." in shown
    assert "10.0.0.5" not in shown
