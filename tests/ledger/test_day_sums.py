"""The sums of days are those of hours, in the portal's time zone."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db.models import Sum
from django.utils import timezone

from ledger.copying import Copier
from ledger.rollup import ALIKE, SUMS, forget
from ledger.sums import Day, Hour, Latency
from tests.ledger.journals import NOON, begun, ended, write

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = 3_600_000_000


def test_a_day_has_what_its_hours_have(tmp_path: Path) -> None:
    with timezone.override("Europe/Berlin"):
        calls = [begun(at=NOON + HOUR * hours, person=str(hours % 2)) for hours in range(0, 30, 5)]
        write(tmp_path, *(record for call in calls for record in (call, ended(call))))
        Copier(tmp_path).copy()
        days = sorted({timezone.localtime(day.at).isoformat() for day in Day.objects.all()})
    assert days == ["2026-12-24T00:00:00+01:00", "2026-12-25T00:00:00+01:00"]
    assert (Hour.objects.count(), Day.objects.count()) == (6, 4)
    assert sums(Hour) == sums(Day)
    assert Latency.objects.values("at").distinct().count() == 2
    forget(1)
    assert not Day.objects.filter(person=1).exists()
    assert sums(Hour) == sums(Day)


def sums(model: type[Hour | Day]) -> list[dict[str, object]]:
    """Return the sums of what is alike but for the time."""
    rows = model.objects.values(*ALIKE[1:])
    return list(rows.annotate(**{f"{name}_sum": Sum(name) for name in SUMS}).order_by(*ALIKE[1:]))
