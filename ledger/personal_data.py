"""What this app stores about people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from core.personal_data import Kind, personal_data
from ledger.gone import NO_ONE
from ledger.lock import lock
from ledger.models import Call, Link, Salt
from ledger.rollup import forget
from ledger.seal.erasing import forget_links
from ledger.sums import Day, Hour, PersonRollup

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def _forget_person(rows: QuerySet[Any], user: User, pseudonym: str) -> int:
    with transaction.atomic():
        lock()
        forget(user.pk)
        forget_links(user.pk)
        return rows.update(**NO_ONE)


personal_data.register(
    Kind(
        name="calls",
        title=gettext_noop("The ledger: what I used of which model, and when"),
        model=Call,
        parts=(Hour, Day, PersonRollup, Link, Salt),
        of=Call.of,
        secret=frozenset({"first", "took"}),  # which may show what others asked: prompt caches
        erase=_forget_person,
        stays="what was used of which model, when, and what it cost, as it is in the provider's "
        "invoice. The person, the token, the request's ID and the HMACs of texts are removed.",
        expiry=Call.expiry,
    )
)
personal_data.exempt(
    ledger_Seal="hashes of days",
    ledger_Total="sums of months of all people",
    ledger_Rollup="sums of days and months of all people",
    ledger_Latency="how long models took, without people",
    ledger_LatencyMonth="how long models took, without people",
    ledger_Month="sums of at least five people, without their names",
)
