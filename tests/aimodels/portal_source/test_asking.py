"""The portal's own data is asked on the page, with a model and without one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from queryexpr.gate.engine import answer
from queryexpr.gate.operations import check_sql
from tests.support.browser import browser, expected, flaws, needs_chromium, page, shot, sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.workflow.portal import _workflow, says, works
from workflow.sources.portal.source import SUMS

__all__ = ["_workflow", "browser", "expected", "page", "works"]
QUESTION = re.compile("What did each group spend in May")
# May of the last year that has one behind it: cells as they are written after a month.
FILL = """
from datetime import date
from django.contrib.auth.models import Permission, User
from django.utils import timezone
from aimodels.portal_source.refresh import write_copies
from ledger.sums import Month
from registry.state.service import service
today = timezone.localdate()
may = date(today.year - (today.month < 6), 5, 1)
Month.objects.all().delete()
for groups, model, cost in (("research", "rock:slate", 120), ("sales", "rock:slate", 30),
                            ("sales\\nresearch", "rock:basalt", 7), ("*", "*", 3)):
    Month.objects.create(month=may, groups=groups, capability="chat", provider=model.partition(":")[0],
        model=model, currency="EUR", calls=50, failed=1, estimated=0, unpriced=0, input=10**6,
        cached=0, output=10**5, reasoning=0, images=0, cost=cost * 10**12)
ann = User.objects.get(username="ann")
ann.user_permissions.set(Permission.objects.filter(codename="see_usage"))
service.ensure_loaded()
write_copies()
"""
GROUPS = """SELECT group_name, SUM(cost) AS spent FROM usage_by_group WHERE month = 5
GROUP BY group_name ORDER BY spent DESC"""


@pytest.fixture
def filled(works: Portal) -> Iterator[Portal]:
    works.manage("shell", "-v0", "-c", FILL)
    yield works
    works.manage(
        "shell", "-v0", "-c", "from ledger.sums import Month; Month.objects.all().delete()"
    )


def rows(page: Page) -> list[str]:
    expect(page.locator("#rows table")).to_be_visible()
    return [" ".join(row.split()) for row in page.locator("#rows tbody tr").all_inner_texts()]


@needs_chromium
def test_what_each_group_spent_is_answered_without_a_model(
    page: Page, filled: Portal, fake: FakeProvider
) -> None:
    sign_in(page, filled, "ann")
    page.goto(f"{filled.url}/workflow")
    page.get_by_role("button", name=QUESTION).click()
    assert rows(page) == [
        "(others) (others) 3 EUR", "research rock:slate 120 EUR", "research rock:basalt 7 EUR",
        "sales rock:slate 30 EUR", "sales rock:basalt 7 EUR",
    ]  # fmt: skip
    expect(page.locator("#schema")).to_have_value("source:portal")
    assert not fake.posts
    assert flaws(page) == []
    shot(page, "workflow-portal")


@needs_chromium
def test_a_model_is_asked_about_it_like_about_any_source(
    page: Page, filled: Portal, fake: FakeProvider
) -> None:
    sign_in(page, filled, "ann")
    page.goto(f"{filled.url}/workflow")
    page.get_by_label("Tables", exact=True).select_option("Portal: usage and models")
    page.get_by_label("Your question").fill("Which group spent the most in May?")
    says(fake, answer(check_sql(GROUPS, "sqlite", "sqlite", SUMS.statements)).ir, GROUPS)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_role("radio", name="Table").check()
    assert rows(page)[:2] == ["research 127", "sales 37"]
    sent = str(fake.posts[0].body)
    assert "what was spent, in currency; null without a price" in sent
    assert "rock:slate" not in sent


@needs_chromium
def test_others_do_not_see_it(page: Page, filled: Portal) -> None:
    filled.manage(
        "shell", "-v0", "-c",
        "from django.contrib.auth.models import User;"
        "User.objects.get(username='ann').user_permissions.clear()",
    )  # fmt: skip
    page.wait_for_timeout(600)  # AUTH_CACHE_SECONDS
    sign_in(page, filled, "ann")
    page.goto(f"{filled.url}/workflow")
    expect(page.get_by_role("button", name=QUESTION)).to_have_count(0)
    assert "source:portal" not in page.content()
    session = filled.sign_in("ann")
    body = {"number": 0, "source": "portal"}
    refused = session.post(f"{filled.url}/workflow/example", json=body, timeout=20)
    assert refused.status_code == 404
    assert filled.post("/workflow/example", body, who="olga").status_code in (401, 403, 404)
