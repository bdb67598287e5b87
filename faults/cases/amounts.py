"""What one person holds in memory and stores has a largest size."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from faults.case import Case, Setup, promise
from faults.cases.setups import PATIENT
from faults.site import Site, until
from tests.support import raw_caller
from tests.support.fake_provider import KEEP
from tests.support.provider_messages import completion, http

AMOUNTS = Setup(variables={**PATIENT, "SCHEMAS_PER_PERSON": "5"})
TABLE = "CREATE TABLE films (id INTEGER PRIMARY KEY, title TEXT)"
WRITE_20_MB = """
from chat.models import Conversation, Message
from django.contrib.auth.models import User
talk = Conversation.objects.create(user=User.objects.get(username="ann"), title="Long")
text = "a line of words\\n" * 12_500
Message.objects.bulk_create(
    Message(conversation=talk, role=role, content=text) for role in ["user", "assistant"] * 50)
print(talk.pk)
"""


def unread_answers(site: Site) -> None:
    site.fake.plays["large"] = (http(200, completion("x" * 20_000_000)), KEEP)
    before = site.memory()
    with ExitStack() as callers:
        for number in range(1, 11):
            callers.enter_context(raw_caller.ask(site.portal, model="fake:large"))
            until(lambda n=number: len(site.fake.of("large")) == n, 5, "all ask")  # type: ignore[misc]
            time.sleep(0.3)
        with site.detects(1):
            promise(site.portal.chat(who="olga").status_code == 200, "another is not served")
        growth = site.memory() - before
    promise(growth < 200, f"{growth:.0f} MB more for 200 MB")


def long_pages(site: Site) -> None:
    """Open pages of a conversation of 20 MB, which a larger limit once allowed."""
    key = site.portal.manage("shell", "-c", WRITE_20_MB).stdout.split()[-1]
    session, before = site.portal.sign_in("ann"), site.memory()

    def size(query: str) -> int:
        page = session.get(f"{site.portal.url}/chat/{key}{query}", timeout=60)
        promise(page.status_code == 200, page.status_code)
        return len(page.text)

    with ThreadPoolExecutor(4) as pool:
        latest, whole = pool.map(size, [""] * 4), pool.map(size, ["?all"] * 4)
        time.sleep(0.2)
        with site.detects(1):
            promise(site.portal.chat(who="olga").status_code == 200, "another is not served")
        sizes = max(latest), max(whole)
    growth = site.memory() - before
    promise(sizes[0] < 1_000_000 and sizes[1] < 5_000_000, f"pages of {sizes} characters")
    promise(growth < 400, f"{growth:.0f} MB more")


def many_schemas(site: Site) -> None:
    session = site.portal.sign_in("ann")

    def post(path: str, **body: Any) -> Any:
        return session.post(f"{site.portal.url}/workflow/{path}", json=body, timeout=30)

    kept = [post("keep", name=f"{n}", dialect="sqlite", text=TABLE) for n in range(6)]
    statuses = [answer.status_code for answer in kept]
    promise(statuses == [200] * 5 + [413], statuses)
    promise("You have 4 of 5 saved schemas" in kept[3].json()["html"], "the page does not tell")
    promise("of 5 saved schemas" not in kept[2].json()["html"], "the page warns too early")
    for answer in kept[:5]:
        post("forget", id=int(answer.json()["value"].partition(":")[2]))
    again = post("keep", name="6", dialect="sqlite", text=TABLE)
    promise(again.status_code == 200, f"{again.status_code} after all are deleted")


CONFIGURATION = "docs/configuration.md"
CASES = [
    Case("F2c", "10 unread whole answers of 20 MB of one person", "at most 200 MB by `BYTES_PER_PERSON` (64 MB)", CONFIGURATION, unread_answers, AMOUNTS),
    Case("S15b", "4 pages of a conversation of 20 MB, and all of it 4 times", "each shows a part; others are served", CONFIGURATION, long_pages, AMOUNTS),
    Case("S15c", "more schemas than `SCHEMAS_PER_PERSON` (5)", "the page warns at 80 %, then 413; deleting helps", CONFIGURATION, many_schemas, AMOUNTS),
]  # fmt: skip
