"""Whatever someone does to the database of the ledger is found, if they lack the key."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from ledger.models import Seal
from ledger.seal.export import exported
from tests.ledger.sealed import add, faults, seal
from tests.ledger.tampering import Tampering, state

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> str:
    """A ledger of three days and a bit. Return the exported seals."""
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)
    for day in range(3):
        add(6, day=day)
        seal(monkeypatch, day)
    add(4, day=3)
    assert faults() == []
    return "\n".join(str(exported(one)) for one in Seal.objects.order_by("number"))


def _try(lines: str, count: int, seed: int = 0) -> None:
    before, tried = state(), 0
    while tried < count:
        seed += 1
        with transaction.atomic():
            ways = Tampering(seed).do()
            if state() != before:  # else two of them cancelled each other
                tried += 1
                assert faults(), f"{seed}: {ways}, without the exported lines"
                assert faults(lines), f"{seed}: {ways}"
            transaction.set_rollback(True)
    assert faults(lines) == []
    print(f"{tried} tamperings, each found", file=sys.__stderr__)


def test_tamperings_are_found(lines: str) -> None:
    _try(lines, 300)


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("part", range(8))
def test_ten_thousand_tamperings_are_found(lines: str, part: int) -> None:
    _try(lines, 1250, seed=part * 1_000_000)
