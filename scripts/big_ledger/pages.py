"""
Measures the pages of a running portal whose ledger is big.

    python -m scripts.big_ledger.pages URL BOSS AUDITOR PERSON

The last three are the keys of sessions that `scripts.big_ledger` has printed. A page is asked six
times: it prints the first time, the best of the others, and the bytes before compression.
"""

from __future__ import annotations

import sys
import time
from datetime import date, timedelta

import requests

MAX_MILLISECONDS, MAX_BYTES = 300, 100_000
TRIES = 6


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
        *(("person", f"/usage?{span}") for span in spans.values()),
        ("person", f"/usage.csv?{year}"),
        ("boss", "/usage/all"),
        *(("boss", f"/usage/all?{spans[name]}&by={by}") for name in spans for by in breakdowns),
        *(("boss", f"/usage/all?{span}&by=person&{one}") for span in (month, year)
          for one in filters),
        *(("auditor", f"/usage/all?{year}&by={by}") for by in breakdowns[:4]),
        *(("boss", f"/usage/{name}?{year}&by=person") for name in ("all.csv", "all.parquet",
                                                                   "focus.csv")),
        ("auditor", f"/usage/focus.csv?{year}"),
    ]  # fmt: skip


def main(url: str, *keys: str) -> None:
    sessions = dict(zip(("boss", "auditor", "person"), keys, strict=True))
    for who, path in addresses(date.today()):
        times, size = measure(url + path, sessions[who])
        slow = min(times[1:]) > MAX_MILLISECONDS or size > MAX_BYTES
        first, best = times[0], min(times[1:])
        print(
            f"{'!' if slow else ' '} {first:6.0f} {best:6.0f} ms {size:8} {who} {path}", flush=True
        )


def measure(url: str, key: str) -> tuple[list[float], int]:
    """Return the milliseconds of each try, and the size of the page."""
    times = []
    for _ in range(TRIES):
        begin = time.perf_counter()
        answer = requests.get(url, cookies={"sessionid": key}, timeout=120, allow_redirects=False)
        times.append((time.perf_counter() - begin) * 1000)
        if answer.status_code != 200:
            sys.exit(f"{url}: {answer.status_code}")
    return times, len(answer.content)


if __name__ == "__main__":
    main(*sys.argv[1:])
