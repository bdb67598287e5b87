"""
Measures the pages of a big ledger, in this process.

    DATABASE_URL=postgres://… VAR_DIR=/tmp/big python -m scripts.big_ledger.pages [WORD…]

Each page, or each whose address has one of the words, is asked three times. It prints milliseconds
of the processor, of this process and of the database's on this machine, without its workers for
parallel queries: the first time, and the best of the others; and the bytes before compression.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aimodels.settings")
django.setup()

from django.conf import settings  # noqa: E402 — they need the settings
from django.contrib.auth.models import User  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from ledger.everyone.focus import to_focus  # noqa: E402
from ledger.everyone.query import Query  # noqa: E402
from scripts.big_ledger.accounts import AUDITOR, BOSS  # noqa: E402

MAX_MILLISECONDS, MAX_BYTES = 300, 100_000
TRIES = 3
PERSON = "person-0000"  # makes the most calls


def addresses(today: date) -> list[tuple[str, str]]:
    """Return whose page is asked, and its address."""
    days = {"week": 6, "month": 29, "quarter": 90, "year": 364}
    begins = {name: today - timedelta(days=count) for name, count in days.items()}
    spans = {name: f"from={begin}&until={today}" for name, begin in begins.items()}
    month, year = spans["month"], spans["year"]
    breakdowns = ("model", "provider", "capability", "group", "outcome", "code", "person", "token")
    filters = ("group=team-07", "model=anvil:model-0", "provider=dune", "capability=chat",
               "outcome=failed", "group=team-07&model=anvil:model-0")  # fmt: skip
    return [
        *((PERSON, f"/usage?{span}") for span in spans.values()),
        (BOSS, "/usage/all"),
        *((BOSS, f"/usage/all?{spans[name]}&by={by}") for name in spans for by in breakdowns),
        *((BOSS, f"/usage/all?{span}&by=person&{one}") for span in (month, year)
          for one in filters),
        *((AUDITOR, f"/usage/all?{year}&by={by}") for by in breakdowns[:4]),
        *((BOSS, f"/usage/{name}?{year}&by=person") for name in ("all.csv", "all.parquet")),
    ]  # fmt: skip


def main(*words: str) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    clients = {name: client_of(name) for name in (BOSS, AUDITOR, PERSON)}
    for who, path in addresses(date.today()):
        if words and not any(word in path for word in words):
            continue
        times, size = measure(clients[who], path)
        first, best = times[0], min(times[1:])
        slow = best > MAX_MILLISECONDS or size > MAX_BYTES
        print(
            f"{'!' if slow else ' '} {first:6.0f} {best:6.0f} ms {size:8} {who} {path}", flush=True
        )
    if not words or "focus" in words:
        measure_finance(date.today())


def measure_finance(today: date) -> None:
    """Measure the file for finance of a year, which Django does not send."""
    fields = {"from": f"{today - timedelta(days=364)}", "until": f"{today}"}
    for sees_people in (True, False):
        begin = used()
        query = Query.read(fields, sees_people=sees_people)
        size = sum(len(piece) for piece in to_focus(query))
        print(f"  {used() - begin:13.0f} ms {size:8} focus.csv, of people: {sees_people}")


def client_of(name: str) -> Client:
    """Return a browser in which someone is signed in."""
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def measure(client: Client, path: str) -> tuple[list[float], int]:
    """Return the milliseconds of each try, and the size of the page."""
    times = []
    for _ in range(TRIES):
        begin = used()
        answer = client.get(path, secure=True)
        size = len(b"".join(answer) if answer.streaming else answer.content)
        times.append(used() - begin)
        if answer.status_code != 200:
            sys.exit(f"{path}: {answer.status_code}")
    return times, size


def used() -> float:
    """Return the milliseconds that this process and its connection's server have used."""
    return time.process_time() * 1000 + _of_server()


def _of_server() -> float:
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e6


if __name__ == "__main__":
    main(*sys.argv[1:])
