"""manage.py sql meanings: what it suggests, what an edit changes, and where mistakes are."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.workflow.meanings.files import GOOD, SCHEMA, read
from workflow.management import meanings as command
from workflow.meanings import current, kept
from workflow.meanings.diff import changes
from workflow.meanings.suggest import suggest
from workflow.models import Confirmation, Inquiry

COMMENTED: dict[str, Any] = {
    "tables": [
        {
            "name": "orders",
            "columns": [
                {"name": "id", "type": "INTEGER", "primary_key": True},
                {"name": "customer_id", "type": "INTEGER"},
                {"name": "total", "type": "NUMERIC", "comment": "in EUR, with tax"},
                {"name": "status", "type": "INTEGER", "comment": "1 = paid, 4 = refunded"},
                {"name": "placed", "type": "DATE"},
            ],
            "foreign_keys": [{"columns": ["customer_id"], "table": "customers", "references": []}],
        },
        {
            "name": "customers",
            "columns": [
                {"name": "id", "type": "INTEGER", "primary_key": True},
                {"name": "region", "type": "TEXT"},
                {"name": "Odd Name", "type": "TEXT"},
            ],
        },
    ]
}


# ── Suggestions ─────────────────────────────────────────────────────────────────────────────


def test_a_file_is_suggested_from_keys_types_and_comments() -> None:
    section = yaml.safe_load(suggest("sales", COMMENTED))["meanings"]["sales"]
    assert section == {
        "measures": {
            "orders_count": "COUNT(orders.id)",
            "total_total": {"expr": "SUM(orders.total)", "description": "in EUR, with tax"},
            "customers_count": "COUNT(customers.id)",
        },
        "dimensions": {"placed": "orders.placed", "region": "customers.region"},
        "joins": [
            {"left": "orders", "right": "customers", "on": "orders.customer_id = customers.id", "relationship": "many_to_one"}
        ],
        "codes": {"orders.status": {"1": "paid", "4": "refunded"}},
    }  # fmt: skip


def test_what_is_suggested_loads() -> None:
    assert read(suggest("sales", COMMENTED), schema=COMMENTED).of("sales")


def test_names_that_two_tables_have_are_suggested_with_the_table() -> None:
    both = {"tables": [{**SCHEMA["tables"][1], "name": name} for name in ("buyers", "sellers")]}
    section = yaml.safe_load(suggest("sales", both))["meanings"]["sales"]
    assert section["dimensions"]["buyers_region"] == "buyers.region"


# ── Edits ───────────────────────────────────────────────────────────────────────────────────


def test_an_edit_shows_what_it_changes() -> None:
    text = (
        GOOD.replace("<> 4", "< 4")
        .replace("order_count: C", "orders: C")
        .replace("4: refunded", "5: refunded")
    )
    assert [str(change) for change in changes(read(), read(text))] == [
        "~ sales: measures net_revenue  (meanings.yaml:5)\n    filter: orders.status <> 4 → orders.status < 4",
        "- sales: measures order_count  (meanings.yaml:11)",
        "+ sales: measures orders  (meanings.yaml:11)",
        "~ sales: codes orders.status  (meanings.yaml:23)\n    4: refunded → –\n    5: – → refunded",
    ]  # fmt: skip
    assert changes(read(), read()) == []


def test_a_changed_join_is_shown() -> None:
    (change,) = changes(read(), read(GOOD.replace("many_to_one", "one_to_one")))
    assert (change.kind, change.name) == ("changed", "orders → customers")


@pytest.mark.django_db
def test_stored_questions_are_counted_by_what_their_last_query_has() -> None:
    ann = User.objects.create_user("ann")
    cited = {"meanings": [{"kind": "measure", "name": "net_revenue"}]}
    rows: list[dict[str, Any]] = [
        {"answer": {"built": cited}},
        {"answer": {"built": cited, "written": cited}, "edited": {"meanings": []}},
        {"answer": {"built": {}}, "edited": cited},
    ]
    for row in rows:
        Inquiry.objects.create(user=ann, source="sales", dialect="sqlite", outcome="ok", **row)
    assert kept.uses() == {("sales", "net_revenue"): 2}


# ── On a terminal ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return a function that runs a command about a source with the tables of these tests."""
    from tests.workflow.meanings.files import SALES, gate
    from workflow.sources.source import Sources

    monkeypatch.setattr(command, "sources", lambda: Sources({"sales": SALES}))
    monkeypatch.setattr(command, "_schema", lambda name, err: SCHEMA)
    monkeypatch.setattr(current, "gate", gate)

    def run(*arguments: str) -> str:
        out = StringIO()
        call_command("sql", "meanings", *arguments, stdout=out, stderr=StringIO())
        return out.getvalue()

    return run


def test_mistakes_are_printed_with_their_place(terminal: Any, tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(GOOD)
    assert terminal("check", str(file)) == "sales: measures 2, dimensions 2, joins 1.\n"
    file.write_text(GOOD.replace("orders.total", "orders.totl"))
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("sql", "meanings", "check", str(file), stdout=out)
    assert ended.value.code == 1
    assert (
        out.getvalue() == "ours.yaml:6:26  'orders' has no column 'totl'. Did you mean 'total'?\n"
    )


@pytest.mark.django_db
def test_a_suggestion_is_printed(terminal: Any) -> None:
    assert "orders_count: COUNT(orders.id)" in terminal("suggest", "sales")
    with pytest.raises(CommandError, match=r"There is no data source 'sale'\. There are: sales\."):
        terminal("suggest", "sale")


def confirmed(question: str, digest: str, **fields: Any) -> None:
    """Store a confirmed question that rests on the measure and the join."""
    parts: dict[str, Any] = {"meanings": {"measure net_revenue": [], "join orders customers": []}}
    row = {"source": "sales", "ir": {}, "sql": "SELECT\n 1", "parts": parts, **fields}
    Confirmation.objects.create(question=question, digest=digest, **row)


@pytest.mark.django_db
def test_confirmed_questions_are_remarks_of_a_suggestion(terminal: Any) -> None:
    confirmed("What was\nearned?", "1")
    confirmed("What stays inside?", "2", local_only=True)
    confirmed("What was replaced?", "3", ended=timezone.now())
    text = terminal("suggest", "sales")
    assert text.endswith("may be a measure:\n# What was earned?\n#   SELECT 1\n")
    assert yaml.safe_load(text)


@pytest.mark.django_db
def test_an_edit_says_how_many_confirmed_questions_become_stale(
    terminal: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current, "read_file", read)
    confirmed("What was earned?", "1")
    file = tmp_path / "ours.yaml"
    stale = "    1 confirmed questions use it. They become stale."
    for before, after, count in (
        ("<> 4", "< 4", 1), ("owner: Finance", "owner: Sales", 0),
        ("many_to_one", "one_to_one", 1), ("COUNT(orders.id)", "COUNT(orders.total)", 0),
    ):  # fmt: skip
        file.write_text(GOOD.replace(before, after))
        assert terminal("diff", str(file)).splitlines().count(stale) == count


@pytest.mark.django_db
def test_what_a_file_would_change_is_printed(terminal: Any, tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(GOOD)
    assert (
        terminal("diff", str(file)).splitlines()[0]
        == "+ sales: measures net_revenue  (ours.yaml:5)"
    )
