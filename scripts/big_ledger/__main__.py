"""
Fills the ledger of an empty database with calls of a year, as docs/ledger.md measures it.

    DATABASE_URL=postgres://… VAR_DIR=/tmp/big python -m scripts.big_ledger 10000000

Without DATABASE_URL it fills the SQLite of VAR_DIR. The first four weeks are written with their
sums, links and seals by the portal's code, and copied to later weeks by the database. It prints the
sessions of people who can look at it. Do not run it on a database that is in use.
"""

from __future__ import annotations

import os
import random
import sys
from datetime import date, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aimodels.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 — they need the settings
from django.utils import timezone  # noqa: E402

from ledger.everyone.months import write_months  # noqa: E402
from ledger.models import Call  # noqa: E402
from ledger.seal import chain  # noqa: E402
from ledger.seal.days import seal_until  # noqa: E402
from ledger.seal.encoding import Place, raw  # noqa: E402
from ledger.seal.head import LINKS, SEALS, Head  # noqa: E402
from registry.metering import book  # noqa: E402
from scripts.big_ledger.accounts import accounts  # noqa: E402
from scripts.big_ledger.calls import Person, of_day, people  # noqa: E402
from scripts.big_ledger.copies import WEEKS, copy  # noqa: E402
from scripts.big_ledger.store import store  # noqa: E402

COPIES = 12
WEEKEND = 0.15  # of the calls of another day


def main(count: int) -> None:
    call_command("migrate", verbosity=0)
    if Call.objects.exists():
        sys.exit("The ledger is not empty.")
    days = WEEKS * 7
    begin = timezone.localdate() - timedelta(days=days * (COPIES + 1) - 1)
    write([begin + timedelta(days=n) for n in range(days)], count // (COPIES + 1))
    copy(COPIES)
    write_months()


def write(days: list[date], count: int) -> None:
    """Write the calls of some days, with a seal of each day."""
    chance = random.Random(1)  # noqa: S311 — the same ledger each time
    everyone: list[Person] = people(accounts(), chance)
    book.folder().mkdir(parents=True, exist_ok=True)
    links, seals, place = Head(book.folder(), LINKS), Head(book.folder(), SEALS), chain.end()
    weights = [1.0 if day.weekday() < 5 else WEEKEND for day in days]
    for day, weight in zip(days, weights, strict=True):
        place = store(
            list(of_day(day, round(count * weight / sum(weights)), everyone, chance)), place
        )
        links.move(place)
        if seal := seal_until(seals, day):
            seals.move(Place(seal.number, raw(seal.mac)))
        print(day, place.number, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
