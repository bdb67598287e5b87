"""The portal as its own data source: what the copies have, and who may ask them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from aimodels.portal_source.refresh import Refresher, write_copies
from aimodels.portal_source.runs import runs
from core.access import Access
from core.auth.principals import access_of
from core.errors import PortalError
from queryexpr.gate.engine import answer
from queryexpr.gate.operations import check_sql
from registry.state.service import service
from tests.ledger.used_months import noon, use, use_two_months
from tests.support.permissions import grant
from tests.workflow.sources.asking import APPS
from workflow.models import Run
from workflow.page import own_questions
from workflow.sources import own_database, run
from workflow.sources.portal.source import PEOPLE, SUMS, Copy, portal_sources
from workflow.sources.schema import read_schema
from workflow.sources.source import Sources

pytestmark = pytest.mark.django_db(transaction=True, available_apps=APPS)
COPIES = pytest.mark.parametrize("copy", [SUMS, PEOPLE], ids=lambda copy: copy.name)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path
    service.ensure_loaded()


@pytest.fixture
def used() -> None:
    use_two_months()


@pytest.fixture
def reader() -> User:
    user = User.objects.create_user("zoe")
    grant(user, "see_usage")
    return User.objects.get(pk=user.pk)


def rows(copy: Copy, sql: str) -> list[Any]:
    with closing(sqlite3.connect(copy.path)) as file:
        return file.execute(sql).fetchall()


@COPIES
def test_every_table_and_column_has_a_comment(copy: Copy) -> None:
    write_copies()
    tables = read_schema(copy.source).document["tables"]
    assert [table["name"] for table in tables] == list(copy.tables)
    assert all(table["comment"] for table in tables)
    assert all(column["comment"] for table in tables for column in table["columns"])


@pytest.mark.usefixtures("used")
def test_the_sums_are_those_of_cells() -> None:
    write_copies()
    last = noon(1)
    where = f"WHERE year = {last.year} AND month = {last.month}"
    models = rows(SUMS, f"SELECT model, calls, cost FROM usage_by_model {where} ORDER BY model")
    assert models == [("(others)", 8, 8.0), ("a:x", 7, 7.0)]
    groups = rows(
        SUMS, f"SELECT group_name, model, calls FROM usage_by_group {where} ORDER BY 1, 2"
    )
    assert groups == [("(others)", "(others)", 8), ("staff", "a:x", 7)]
    assert b"b:z" not in SUMS.path.read_bytes()
    assert SUMS.path.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("used")
def test_the_other_copy_has_people_and_days(reader: User) -> None:
    use(reader.pk, "b:w", months=1)
    write_copies()
    (row,) = rows(
        PEOPLE,
        "SELECT day, model, calls, cost FROM usage_by_person WHERE person = 'zoe' AND model = 'b:w'",
    )
    assert row == (noon(1).date().isoformat(), "b:w", 1, 1.0)
    assert rows(PEOPLE, "SELECT count(*) FROM usage_by_model") == [(4,)]


def test_models_and_providers_are_those_of_the_file() -> None:
    write_copies()
    models = {model for (model,) in rows(SUMS, "SELECT id FROM models")}
    assert models == set(service.current.models)
    defaults = dict(rows(SUMS, "SELECT capability, model FROM model_capabilities WHERE is_default"))
    assert defaults == service.current.defaults


def ran(person: int, source: str, months: int = 1) -> None:
    made = Run.objects.create(username=f"p{person}", source=source, sql="", rows=2, milliseconds=3)
    Run.objects.filter(pk=made.pk).update(at=noon(months))


def test_runs_are_counted_by_the_rule_of_five() -> None:
    for person in range(7):
        ran(person, "sales")
    for person in range(6):
        ran(person, "stock")
    ran(1, "secret")
    ran(1, "sales", months=0)  # of a month that is not over
    last = noon(1)
    assert list(runs()) == [
        (last.year, last.month, "sales", 7, 0, 14, 21),
        (last.year, last.month, "(others)", 7, 0, 14, 21),
    ]
    Run.objects.exclude(username__in=["p1", "p2", "p3", "p4"]).delete()
    assert list(runs()) == []


def test_a_month_whose_runs_begin_to_be_deleted_is_not_counted(settings: Any) -> None:
    for person in range(7):
        ran(person, "sales", months=2)
    assert len(list(runs())) == 1
    begin = noon(2).replace(day=1).date()
    settings.CHANGE_DAYS = (timezone.localdate() - begin).days  # its first day is gone
    assert list(runs()) == []


def questions() -> Iterator[Any]:
    for copy in (SUMS, PEOPLE):
        yield from (
            pytest.param(copy, n) for n in range(len(own_questions._questions()[copy.name]))
        )


@pytest.mark.parametrize(("copy", "number"), list(questions()))
def test_each_question_is_answered(copy: Copy, number: int, reader: User, used: None) -> None:
    grant(reader, "see_people")
    reader = User.objects.get(pk=reader.pk)
    write_copies()
    prepared = own_questions.questions_of(copy.source)[number]
    assert set(prepared.asks) == {"en", "de"}
    document = read_schema(copy.source).document
    judgement = answer(check_sql(prepared.sql, "sqlite", "sqlite", document))
    assert judgement.valid, judgement.issues
    assert [issue for issue in judgement.issues if issue.severity != "note"] == []
    checked = run.CheckedSQL.of(judgement, "sqlite")
    result = asyncio.run(run.run(copy.source, checked, reader))
    assert result.rows or "price" in prepared.ask or "healthy" in prepared.ask


def test_questions_are_about_the_last_month_of_the_copy(used: None) -> None:
    before = timezone.localdate().replace(day=1) - timedelta(days=1)
    assert own_questions._last_month() == before.replace(day=1), "there is no copy yet"
    write_copies()
    assert own_questions._last_month() == noon(1).date().replace(day=1)


def test_it_is_for_those_who_see_the_figures_and_are_signed_in(reader: User) -> None:
    sources = Sources(portal_sources())
    assert [one.name for one in sources.visible(access_of(reader))] == ["portal"]
    assert sources.visible(Access(frozenset({"see_usage"}))) == []
    assert sources.visible(Access()) == [], "a superuser's token"
    boss = User.objects.create_superuser("boss")
    assert len(sources.visible(access_of(boss))) == 2
    with pytest.raises(PortalError, match="no data source"):
        sources.get("portal-people", access_of(reader))


def test_a_query_needs_the_same_permission(reader: User) -> None:
    write_copies()
    query = run.CheckedSQL("SELECT count(*) AS n FROM models", "sqlite", ("models",))
    assert asyncio.run(run.run(SUMS.source, query, reader)).rows
    with pytest.raises(PortalError, match="no such data source"):
        asyncio.run(run.run(PEOPLE.source, query, reader))
    assert Run.objects.get().source == "portal"


def test_the_portals_own_database_is_refused_in_its_place(
    reader: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.sqlite3"
    with closing(sqlite3.connect(own)) as file:
        file.execute("CREATE TABLE models (model TEXT)")
    of_file = SimpleNamespace(vendor="sqlite", settings_dict={"NAME": str(own)})
    monkeypatch.setattr(own_database, "connection", of_file)
    address = replace(SUMS.source.address, place={"path": str(own)})
    query = run.CheckedSQL("SELECT count(*) AS n FROM models", "sqlite", ("models",))
    with pytest.raises(PortalError, match="may not be used"):
        asyncio.run(run.run(replace(SUMS.source, address=address), query, reader))


def test_it_is_written_again_when_something_changed(used: None) -> None:
    refresher = Refresher()
    refresher.look()
    first = SUMS.path.stat().st_ino
    refresher.look()
    assert SUMS.path.stat().st_ino == first, "nothing changed"
    User.objects.create_user("new")
    refresher.look()
    assert SUMS.path.stat().st_ino != first
    assert [file.name for file in sorted(SUMS.path.parent.iterdir())] == [
        "portal-people.db", "portal.db"]  # fmt: skip


def test_an_account_that_is_deleted_takes_the_copy_with_names_with_it(reader: User) -> None:
    write_copies()
    reader.delete()
    assert not PEOPLE.path.exists()
    assert SUMS.path.exists()
