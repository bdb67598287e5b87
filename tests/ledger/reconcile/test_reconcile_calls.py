"""Calls of a running portal, and the pages that their provider would return of them."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.fake_provider import HANG
from tests.support.provider_messages import SSE_HEAD, chunk, completion, event, http

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fake_provider import FakeProvider
    from tests.support.portal import Portal

COUNTS = {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200,
          "prompt_tokens_details": {"cached_tokens": 400}}  # fmt: skip
# As if it were yesterday: the ledger begins before, and the day is over.
SHIFT = """
from datetime import timedelta
from django.db.models import F
from ledger.models import Call
first = Call.objects.first()
Call.objects.update(at=F("at") - timedelta(days=1))
first.pk, first.at, first.provider = None, first.at - timedelta(days=3), "other"
first.save(force_insert=True)
print(Call.objects.count() - 1)
"""


@pytest.fixture
def called(own_portal: Portal, fake: FakeProvider) -> Portal:
    """A portal after two answers, one that broke off, and one that was refused."""
    own_portal.start()
    for _ in range(2):
        fake.script(http(200, completion("Hello", usage=COUNTS)))
        own_portal.chat()
    fake.script(http(400, {"error": {"message": "no", "type": "invalid_request_error"}}))
    own_portal.chat()
    fake.script(SSE_HEAD + event(chunk("Hel")) + event(chunk("lo")), HANG)
    own_portal.chat(stream=True)
    wait_for(own_portal, 4)
    return own_portal


def wait_for(portal: Portal, count: int) -> None:
    """Wait until the ledger has so many calls."""
    program = "from ledger.models import Call; print(Call.objects.count())"
    deadline = time.monotonic() + 30
    while int(portal.manage("shell", "-v0", "-c", program).stdout) < count:
        assert time.monotonic() < deadline
    portal.manage("shell", "-v0", "-c", SHIFT)


def page(**figures: Any) -> str:
    """What the provider reports of yesterday."""
    start = int(datetime.now(UTC).replace(hour=0, minute=0, second=0).timestamp()) - 24 * 3600
    result = {"object": "organization.usage.completions.result", "model": "talker-2026-08-06",
              "batch": False, "api_key_id": None, **figures}  # fmt: skip
    bucket = {"object": "bucket", "start_time": start, "end_time": start + 24 * 3600}
    return json.dumps(
        {"object": "page", "data": [{**bucket, "results": [result]}], "has_more": False}
    )


def test_what_the_provider_counts_is_explained(called: Portal, tmp_path: Path) -> None:
    file = tmp_path / "usage.json"
    fair = {"num_model_requests": 3, "input_cached_tokens": 800}
    file.write_text(page(**fair, input_tokens=2012, output_tokens=405))
    done = called.manage("ledger", "reconcile", str(file), "--provider", "fake", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 calls failed without an answer" in done.stdout
    assert "1 because they broke off or timed out" in done.stdout
    file.write_text(page(**fair, input_tokens=22012, output_tokens=405))
    done = called.manage("ledger", "reconcile", str(file), "--provider", "fake", check=False)
    assert done.returncode == 1, done.stdout
    assert "another key or program of the account?" in done.stdout
