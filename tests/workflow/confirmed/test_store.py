"""Confirmations in the database: bounds, the history, and what erasing a person leaves."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.test import Client

from core.errors import PortalError
from core.personal_data import personal_data
from workflow.confirmed import store
from workflow.confirmed.lookup import Lookup
from workflow.confirmed.normal import digest_of
from workflow.models import Confirmation, SavedSchema

pytestmark = pytest.mark.django_db
SALES = Lookup("sales")


def confirmation(question: str, by: User, **fields: Any) -> Confirmation:
    return Confirmation(
        source="sales", question=question, digest=digest_of(question), ir={}, sql="SELECT 1", parts={},
        who=by, username=by.get_username(), **fields,
    )  # fmt: skip


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann")


def test_a_source_has_a_bound_that_a_replacement_does_not_reach(
    ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MAX_CURRENT", 2)
    for question in ("One?", "Two?"):
        assert store.confirm(SALES, confirmation(question, ann)) is None
    with pytest.raises(PortalError, match="There are 2 confirmed questions here"):
        store.confirm(SALES, confirmation("Three?", ann))
    assert store.confirm(SALES, confirmation("one", ann)) is not None
    other = confirmation("Three?", ann)
    other.source = "other"
    assert store.confirm(Lookup("other"), other) is None
    assert SALES.current.count() == 2


def test_the_oldest_of_the_history_are_deleted(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_ENDED", 2)
    made = []
    for _ in range(5):
        row = confirmation("One?", ann, vector=b"1234")
        store.confirm(SALES, row)
        made.append(row.pk)
    assert [row.pk for row in SALES.rows.order_by("pk")] == made[2:]
    assert {row.vector for row in SALES.rows.exclude(ended=None)} == {None}


def test_the_database_has_one_query_of_a_question(ann: User) -> None:
    confirmation("One?", ann).save()
    with pytest.raises(IntegrityError):
        confirmation("one", ann).save()


def test_saved_tables_are_apart_from_each_other(ann: User) -> None:
    for name in ("a", "b"):
        tables = SavedSchema.objects.create(user=ann, name=name, dialect="sqlite", text="x")
        row = confirmation("One?", ann, tables=tables)
        row.source = ""
        assert store.confirm(Lookup("", tables.pk), row) is None
    assert Confirmation.objects.filter(ended=None).count() == 2
    tables.delete()
    assert Confirmation.objects.count() == 1


def test_erasing_a_person_keeps_what_holds_without_the_name(ann: User) -> None:
    bob = User.objects.create_user("bob")
    for by in (ann, bob, ann, bob):
        store.confirm(SALES, confirmation("One?", by))
    store.confirm(SALES, confirmation("Two?", ann))
    kind = personal_data.kinds["confirmations"]
    assert kind.erase(kind.of(ann), ann, "erased-1") == 3
    kept = SALES.rows.order_by("pk").values_list("question", "username", "who", "ended_by")
    assert [*kept] == [
        ("One?", "bob", bob.pk, "erased-1"),
        ("One?", "bob", bob.pk, ""),
        ("Two?", "erased-1", None, ""),
    ]


def test_the_admin_shows_them_and_changes_none(admin_client: Client, ann: User) -> None:
    row = confirmation("One?", ann)
    row.save()
    page = admin_client.get("/admin/workflow/confirmation/").content.decode()
    assert "One?" in page
    one = f"/admin/workflow/confirmation/{row.pk}/change/"
    assert "SELECT 1" in admin_client.get(one).content.decode()
    assert admin_client.post(one, {"question": "Two?"}).status_code == 403
    assert admin_client.post(one.replace("change", "delete"), {"post": "yes"}).status_code == 403
