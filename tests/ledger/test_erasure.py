"""A person who is erased leaves what was used, and nothing that says by whom."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from core.personal_data.erasure import erase
from core.personal_data.kinds import personal_data
from ledger.copying import Copier
from ledger.models import Call
from ledger.sums import Hour, PersonRollup
from tests.ledger.journals import begun, ended, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def used(tmp_path: Path) -> User:
    """Someone who has called a model twice, beside no one, who called it once."""
    user = User.objects.create_user("zoe")
    calls = [begun(person=str(user.pk)), begun(person=str(user.pk)), begun(person="", token="")]
    write(tmp_path, *(record for call in calls for record in (call, ended(call))))
    Copier(tmp_path).copy()
    return user


def test_what_was_used_stays(used: User) -> None:
    before = sum(Hour.objects.values_list("cost", flat=True))
    erase(used)
    assert Call.objects.count() == 3
    assert set(Call.objects.values_list("person", "token", "request")) == {
        (0, "", ""),
        (0, "", "q-1"),
    }
    hour = Hour.objects.get()
    assert (hour.person, hour.token, hour.calls, hour.cost) == (0, "", 3, before)
    sums = PersonRollup.objects.values_list("kind", "person", "token", "calls", "cost")
    assert sorted(sums) == [(kind, 0, "", 3, before) for kind in ("day", "month", "month all")]


def test_an_export_has_the_persons_own_calls(used: User) -> None:
    kind = personal_data.kinds["calls"]
    assert [kind.exported(row)["input"] for row in kind.of(used)] == [1000, 1000]
