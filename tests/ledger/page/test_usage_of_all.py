"""The page of all people's usage in a browser: readable in each width and colour scheme."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import flaws, needs_chromium, open_account, shot, sign_in
from tests.support.portal import Portal

pytestmark = needs_chromium
FILL = """
from datetime import timedelta
from django.contrib.auth.models import Permission, User
from django.utils import timezone
from ledger.everyone.months import write_months
from ledger.sums import Day, Latency, Month
Day.objects.all().delete()
Latency.objects.all().delete()
Month.objects.all().delete()
for name, codes in (("ann", ["see_usage"]), ("olga", ["see_usage", "see_people"])):
    User.objects.get(username=name).user_permissions.add(*Permission.objects.filter(codename__in=codes))
today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
days = [today - timedelta(days=n) for n in range(90)]
Day.objects.bulk_create(
    Day(at=day, person=person, groups="research" if person % 2 else "sales", capability="chat",
        provider=model.partition(":")[0], model=model, outcome="failed" if place == 9 else "ok",
        code="provider_timeout" if place == 9 else "", currency="EUR", calls=3 + place % 5,
        estimated=0, unpriced=0, input=2000 + 90 * place, cached=500, output=700, reasoning=0,
        images=0, cost=31 * 10**9, took=1)
    for place, day in enumerate(days) for person in range(1, 13)
    for model in ("rock:slate", "rock:basalt", "river:delta-with-a-long-name")
    if person < 4 or model.startswith("rock"))
Latency.objects.bulk_create(
    Latency(at=day, capability="chat", model=model, kind=kind, bucket=bucket, calls=40 - bucket)
    for day in days for model in ("rock:slate", "rock:basalt", "river:delta-with-a-long-name")
    for kind, first in (("first", 20), ("took", 30)) for bucket in range(first, first + 9))
write_months()
"""


@pytest.fixture
def filled(page: Page, portal: Portal) -> Page:
    portal.manage("shell", "-v0", "-c", FILL)
    return page


@pytest.mark.parametrize("who", ["ann", "olga"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_it_can_be_read(filled: Page, portal: Portal, who: str, scheme: str, width: int) -> None:
    filled.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    filled.set_viewport_size({"width": width, "height": 800})
    sign_in(filled, portal, who)
    filled.goto(f"{portal.url}/usage/all")
    if who == "olga":  # a single month has no picture
        for table in filled.get_by_text("As a table").all():
            table.click()
    assert flaws(filled) == []
    assert filled.evaluate("document.documentElement.scrollWidth") <= width
    shot(filled, f"usage-all-{who}-{scheme}-{width}")


def test_the_menu_leads_to_it_and_filters_are_in_its_address(filled: Page, portal: Portal) -> None:
    sign_in(filled, portal, "ann")
    open_account(filled)
    filled.get_by_role("link", name="Usage of all").click()
    filled.get_by_label("Sums by").select_option("Provider")
    filled.get_by_role("combobox", name="Model").select_option("rock:slate")
    filled.get_by_role("button", name="Show").click()
    expect(filled.get_by_role("rowheader", name="rock", exact=True)).to_be_visible()
    assert "by=provider" in filled.url
    assert "model=rock%3Aslate" in filled.url
