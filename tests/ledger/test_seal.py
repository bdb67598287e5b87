"""The chain of the ledger, its seals, and what they show of someone who writes the database."""

from __future__ import annotations

import logging
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import F
from django.utils import timezone

from core.personal_data.erasure import erase
from core.personal_data.retention import expire
from ledger.gone import NO_ONE
from ledger.models import Call, Link, Salt, Seal
from ledger.seal import chain, encoding, keys
from ledger.seal.encoding import MACS, NEWEST, PERSONAL, VERSIONS, Place
from ledger.seal.export import exported
from ledger.seal.verify.fault import APPENDED, CHANGED, CUT, MISSING, RECHAINED, REORDERED
from registry.metering import book
from tests.ledger.sealed import add, faults, kinds, seal

pytestmark = pytest.mark.django_db
NONE = {"prompt": b"", "answer": b"", "reported": ""}  # as rows were before they had these
OLD_KEY = "another key, that was changed"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)
    monkeypatch.setattr(settings, "LEDGER_DAYS", 0)


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> str:
    """Two days with their seals, and rows that no seal has yet. Return the exported lines."""
    for day in range(2):
        add(5, day=day)
        seal(monkeypatch, day)
    add(4, day=2)
    return "\n".join(str(exported(one)) for one in Seal.objects.order_by("number"))


def test_every_column_of_a_row_is_in_its_leaf_or_its_commitment() -> None:
    """A new column of Call needs a new version of the leaf, at the front of VERSIONS."""
    columns = {field.attname for field in Call._meta.concrete_fields}
    assert columns == {"id", *PERSONAL, *MACS, *VERSIONS[NEWEST]}


def test_what_the_portal_wrote_is_right(sealed: str) -> None:
    assert faults(sealed) == []
    assert [(one.first, one.last) for one in Seal.objects.order_by("number")] == [(1, 5), (6, 10)]


def test_a_late_row_is_of_the_day_on_which_it_came(
    sealed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(3, day=0)
    seal(monkeypatch, 2)
    assert faults(sealed) == []
    assert Seal.objects.get(number=3).count == 7


def test_a_day_without_calls_has_a_seal(sealed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in (2, 3):
        seal(monkeypatch, day)
    seal(monkeypatch, 3)
    assert [one.count for one in Seal.objects.order_by("number")] == [5, 5, 4, 0]
    assert faults(sealed) == []


def test_the_root_of_a_day_is_logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(2)
    with caplog.at_level(logging.INFO):
        seal(monkeypatch)
    assert f"Sealed the ledger: {exported(Seal.objects.get())}" in caplog.text
    assert faults(caplog.text) == []


# ── What someone with the database may do ───────────────────────────────────────────────────


def test_a_changed_row_is_found(sealed: str) -> None:
    Call.objects.filter(link__place=7).update(cost=1)
    (fault,) = faults()
    assert (fault.kind, fault.place, fault.day) == (CHANGED, 7, "2026-12-25")
    assert fault.row == str(Call.objects.get(cost=1).pk)


def test_another_persons_call_is_found(sealed: str) -> None:
    Call.objects.filter(link__place=7).update(person=F("person") + 1)
    assert [fault.kind for fault in faults()] == [CHANGED]


@pytest.mark.parametrize("column", MACS)
@pytest.mark.parametrize("value", [b"", b"x" * 32])
def test_a_changed_mac_is_found(sealed: str, column: str, value: bytes) -> None:
    Call.objects.filter(link__place=7).update(**{column: value})
    assert [(fault.kind, fault.place) for fault in faults()] == [(CHANGED, 7)]


@pytest.mark.parametrize("more", [{}, {"prompt_mac": b"x" * 32}, {"reported": "other"}])
def test_a_row_of_an_earlier_version_is_right_only_without_later_columns(
    more: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(encoding.leaf_of, "__defaults__", (1,))
        patch.setattr("tests.ledger.sealed.LATER", NONE)
        add(1)
    Call.objects.update(**more)
    assert kinds() == ({CHANGED} if more else set())


def test_a_row_that_is_gone_is_found_with_and_without_its_link(sealed: str) -> None:
    Call.objects.filter(link__place=3).delete()
    assert [(fault.kind, fault.place) for fault in faults()] == [(MISSING, 3)]
    Link.objects.filter(place=3).delete()
    assert [(fault.kind, fault.place) for fault in faults()] == [(MISSING, 3)]


def test_a_row_that_was_added_is_found(sealed: str) -> None:
    row = Call.objects.all()[0]
    row.pk = None
    row.save(force_insert=True)
    assert [(fault.kind, fault.row) for fault in faults()] == [(APPENDED, str(row.pk))]


def test_rows_in_another_order_are_found(sealed: str) -> None:
    for old, new in ((2, 99), (4, 2), (99, 4)):
        Link.objects.filter(place=old).update(place=new)
    assert [(fault.kind, fault.place) for fault in faults()] == [(REORDERED, 2), (REORDERED, 4)]


def test_a_chain_by_another_key_is_found(sealed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it written again, seals and salts too, by the portal's own code: but for the key."""
    Call.objects.filter(link__place=7).update(cost=1)
    rows = [link.call for link in Link.objects.select_related("call").order_by("place")]
    made = list(Seal.objects.order_by("number"))
    for model in (Link, Salt, Seal):
        model.objects.all().delete()
    with monkeypatch.context() as patch:
        patch.setattr(keys, "all_keys", lambda: (b"guessed",))
        chain.append([row for row in rows if row], Place())
        previous = b""
        for one in made:
            one.root, one.previous = Link.objects.get(pk=one.last).mac, previous
            one.mac = previous = encoding.seal_of(b"guessed", one)
            one.save(force_insert=True)
        assert faults(folder=Path("/nowhere")) == []
    found = faults()
    assert {fault.kind for fault in found} == {RECHAINED}
    assert len(found) == 14 + 2 + 2, "each link, each seal, and both files"


@pytest.mark.parametrize("count", [1, 4, 7, 14])
def test_a_cut_tail_is_found_by_the_file_of_this_machine(sealed: str, count: int) -> None:
    _cut(count)
    assert CUT in kinds()


@pytest.mark.parametrize("count", [5, 14])
def test_a_cut_tail_is_found_by_what_was_exported(sealed: str, count: int) -> None:
    _cut(count)
    shutil.rmtree(book.folder())
    assert kinds() == set(), "what is left is a chain"
    assert kinds(sealed) == {CUT}


def _cut(count: int) -> None:
    """Delete the last rows with all that refers to them."""
    last = 14 - count
    Call.objects.filter(link__place__gt=last).delete()
    Link.objects.filter(place__gt=last).delete()
    Seal.objects.filter(last__gt=last).delete()


def test_a_cut_tail_is_found_after_the_portal_went_on(
    sealed: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _cut(7)
    add(9, day=3)
    assert "was cut" in caplog.text
    found = [fault for fault in faults() if fault.kind == CUT]
    assert any("chain.head-14-" in fault.what for fault in found)
    seal(monkeypatch, 4)
    assert any("seals.head-2-" in fault.what for fault in faults())
    assert RECHAINED in kinds(sealed)


def test_a_mark_of_a_cut_that_was_deleted_does_not_come_back(
    sealed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _cut(7)
    seal(monkeypatch, 0)  # there is one already: it looks, and makes none
    (mark,) = book.folder().glob("seals.head-*.cut")
    mark.unlink()
    seal(monkeypatch, 0)
    assert not list(book.folder().glob("seals.head-*.cut"))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="Postgres does so by itself")
@pytest.mark.django_db(transaction=True)
def test_a_seal_is_on_the_disk_before_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    add(3)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
    seal(monkeypatch)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,)  # FULL


def test_a_change_of_what_was_exported_is_found(sealed: str) -> None:
    assert kinds(sealed.replace("rows 1-5", "rows 1-4")) == {CHANGED}


def test_seals_alone_cannot_be_changed_or_deleted(sealed: str) -> None:
    Seal.objects.filter(number=1).update(last=4)
    assert RECHAINED in kinds()
    Seal.objects.filter(number=1).delete()
    assert MISSING in kinds()


def test_columns_that_cannot_be_read_are_faults(sealed: str) -> None:
    Link.objects.filter(place=2).update(mac=b"")
    Link.objects.filter(place=4).update(call=None)
    Salt.objects.filter(person=1).update(salt=b"")
    assert {fault.place for fault in faults()} >= {2, 4, 7}


# ── Erasure ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def zoe() -> User:
    user = User.objects.get(pk=1)
    add(6, people=2)
    assert Call.of(user).exists()
    return user


def test_after_an_erasure_the_ledger_is_right_and_names_no_one(zoe: User) -> None:
    whose = [link.place for link in Link.objects.filter(call__person=zoe.pk)]
    erase(zoe)
    assert faults() == []
    assert not Salt.objects.filter(pk=zoe.pk).exists()
    rows = Call.objects.filter(link__place__in=whose).values_list(*MACS)
    assert {bytes(mac) for row in rows for mac in row} == {b""}
    Call.objects.filter(link__place=whose[0]).update(cost=1)
    assert [(fault.kind, fault.place) for fault in faults()] == [(CHANGED, whose[0])]


def test_what_looks_like_an_erasure_is_found(zoe: User) -> None:
    """The rows and the salt as after an erasure; the mark needs the key."""
    count = Call.of(zoe).update(**NO_ONE)
    Salt.objects.filter(pk=zoe.pk).delete()
    assert [fault.kind for fault in faults()] == [CHANGED] * count
    Link.objects.filter(call__token="").update(erased=b"x" * 32)
    assert [fault.kind for fault in faults()] == [CHANGED] * count


def test_an_erasure_does_not_hide_what_was_changed_before(zoe: User) -> None:
    Call.of(zoe).update(token="another")
    erase(zoe)
    assert kinds() == {CHANGED}


def test_rows_of_an_erased_person_have_no_common_mark(zoe: User) -> None:
    links = Link.objects.all()
    assert len({bytes(link.who) for link in links}) == len(links)


# ── Age ─────────────────────────────────────────────────────────────────────────────────────


def test_the_seals_of_pruned_days_stay(sealed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    later = datetime(2027, 1, 5, tzinfo=UTC)
    monkeypatch.setattr(settings, "LEDGER_DAYS", 10)
    monkeypatch.setattr(timezone, "now", lambda: later)
    seal(monkeypatch, 11)
    assert Link.objects.count() == 14, "the rows are still there"
    expire()
    seal(monkeypatch, 12)
    assert [bool(one.pruned) for one in Seal.objects.order_by("number")] == [
        True,
        True,
        False,
        False,
    ]
    assert Link.objects.count() == Call.objects.count() == 4
    assert faults(sealed) == []
    Seal.objects.filter(number=2).update(pruned=b"x")
    assert {MISSING, RECHAINED} <= kinds()


def test_a_forged_time_deletes_nothing_unnoticed(
    sealed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "LEDGER_DAYS", 400)
    for rows in (Call.objects.filter(link__place=7), Link.objects.filter(place=7)):
        rows.update(at=F("at") - timedelta(days=1000))
    expire()
    assert not Call.objects.filter(link__place=7).exists()
    assert kinds()


# ── Keys ────────────────────────────────────────────────────────────────────────────────────


def test_a_former_key_still_verifies(sealed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LEDGER_SEAL_KEY", OLD_KEY)
    assert RECHAINED in kinds()
    monkeypatch.setattr(settings, "LEDGER_SEAL_KEY_FALLBACKS", [settings.SECRET_KEY])
    add(2, day=4)
    assert faults(sealed) == []


# ── The command ─────────────────────────────────────────────────────────────────────────────


def test_the_command_says_what_it_found(
    sealed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "seals.log"
    file.write_text(f"2026-12-25 INFO Sealed the ledger: {sealed}\n")
    call_command("ledger", "verify", against=file)
    assert capsys.readouterr().out == "OK: 2 days, 14 rows, 4 of them not sealed yet.\n"
    Call.objects.filter(link__place=7).update(cost=1)
    with pytest.raises(CommandError, match=r"^1 faults") as refused:
        call_command("ledger", "verify")
    assert refused.value.returncode == 1
    assert capsys.readouterr().out.startswith("changed     2026-12-25, place 7, row ")


def test_a_file_without_seals_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.log").write_text("nothing")
    with pytest.raises(CommandError, match="no line of a seal"):
        call_command("ledger", "verify", against=tmp_path / "empty.log")
