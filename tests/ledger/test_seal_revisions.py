"""The texts of models.yaml that receipts show are as the portal stored them, or `verify` says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import F

from ledger.models import Seal
from ledger.seal.verify.fault import CHANGED, CUT, MISSING, RECHAINED
from registry.models import Revision
from registry.state.service import service
from registry.workers.revision_mac import new_mac
from registry.workers.revisions import Revisions
from tests.ledger.sealed import add, faults, kinds, seal
from tests.registry.config.loading import GOOD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """Three revisions, and a seal that counts them."""
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)
    monkeypatch.setattr(settings, "LEDGER_DAYS", 0)
    monkeypatch.setattr(settings, "MODELS_FILE", tmp_path / "models.yaml")
    for number in range(3):
        service.load(GOOD.replace("  defaults", f"  # {number}\n  defaults").encode())
        Revisions().store("a")
    add(3)
    seal(monkeypatch)


def test_texts_as_the_portal_stored_them_are_right() -> None:
    assert faults() == []
    assert Seal.objects.get().revisions == 3


@pytest.mark.parametrize("name", ["text", "revision"])
def test_a_changed_text_is_found(name: str) -> None:
    Revision.objects.filter(number=2).update(**{name: "models: {}"})
    assert [str(fault) for fault in faults()] == [
        "changed     not sealed yet: revision 2 is not as the portal stored it"
    ]


def test_a_changed_time_is_found() -> None:
    Revision.objects.filter(number=3).update(at="2026-01-01T00:00Z")
    assert kinds() == {CHANGED}


def test_exchanged_texts_are_found() -> None:
    for old, new in ((1, 9), (2, 1), (9, 2)):
        Revision.objects.filter(number=old).update(number=new)
    assert kinds() == {CHANGED}


def test_a_text_without_the_key_is_found() -> None:
    row = Revision.objects.get(number=3)
    row.pk, row.number, row.text = None, 4, "models: {}"
    row.save()
    assert kinds() == {CHANGED}


def test_a_deleted_text_is_found() -> None:
    Revision.objects.filter(number=2).delete()
    assert kinds() == {MISSING}


def test_a_deleted_text_whose_gap_was_closed_is_found() -> None:
    Revision.objects.filter(number=2).delete()
    Revision.objects.filter(number=3).update(number=F("number") - 1)
    assert kinds() == {CHANGED, CUT}


def test_the_newest_text_cannot_be_deleted_after_a_seal() -> None:
    Revision.objects.filter(number=3).delete()
    assert kinds() == {CUT}
    Seal.objects.update(revisions=2)
    assert kinds() == {RECHAINED}


def test_a_former_key_still_verifies_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LEDGER_SEAL_KEY", "another")
    assert CHANGED in kinds()
    monkeypatch.setattr(settings, "LEDGER_SEAL_KEY_FALLBACKS", [settings.SECRET_KEY])
    assert faults() == []


def test_two_workers_that_store_at_once_store_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What both would store has the same number, which the database takes once."""
    service.load(GOOD.encode())

    def other(*_: object) -> bool:
        row = Revision.objects.get(number=3)
        row.pk, row.number = None, 4
        row.mac = new_mac(row)
        row.save()
        return True

    monkeypatch.setattr("registry.workers.revisions._may_store", other)
    worker = Revisions()
    worker.store("a")
    assert Revision.objects.count() == 4
    monkeypatch.setattr("registry.workers.revisions._may_store", lambda *_: True)
    worker.store("a")
    assert Revision.objects.latest("number").text == GOOD
    assert faults() == []
