"""Sharing, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browser import browser, expected, flaws, needs_chromium, page, shot, sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.workflow.portal import QUESTION, _workflow, works
from tests.workflow.tab import asked, tab

__all__ = ["_workflow", "browser", "expected", "page", "tab", "works"]
pytestmark = needs_chromium
TALK = """
from django.contrib.auth.models import User
from chat.models import Conversation
talk = Conversation.objects.create(user=User.objects.get(username="ann"), title="Sorting in Python")
talk.messages.create(role="user", content="How do I sort a list?")
talk.messages.create(role="assistant", content="Use `sorted`:\\n\\n```python\\nsorted([2, 1])\\n```\\n\\n| a | b |\\n|---|--:|\\n| x | 1 |")
print(talk.pk)
"""


def test_a_question_is_shared_read_and_revoked(
    tab: Page, works: Portal, fake: FakeProvider, expected: list[str]
) -> None:
    expected += ["404"]
    asked(tab, fake)
    tab.reload()
    tab.get_by_role("link", name="Share").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text(QUESTION)
    assert flaws(tab) == []
    shot(tab, "share-new")
    tab.get_by_text("Everyone who is signed in").click()
    tab.get_by_role("button", name="Share", exact=True).click()
    expect(tab.get_by_role("status").first).to_contain_text("is shared")
    assert flaws(tab) == []
    shot(tab, "shares")
    tab.set_viewport_size({"width": 320, "height": 700})
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.get_by_role("button", name="Copy the address").first.click()
    expect(tab.get_by_role("status").last).not_to_be_empty()
    address = tab.locator(".shares code").first.inner_text()
    reader = tab.context.browser.new_context().new_page()  # type: ignore[union-attr]
    sign_in(reader, works, "olga")
    reader.goto(address)
    expect(reader.get_by_text("Shared by ann")).to_be_visible()
    assert flaws(reader) == []
    shot(reader, "shared")
    reader.get_by_role("button", name="Open as my own question").click()
    expect(reader.locator("#sql")).to_contain_text("2014")
    tab.on("dialog", lambda dialog: dialog.accept())
    tab.get_by_role("button", name="Revoke").first.click()
    expect(tab.get_by_text("You share nothing.")).to_be_visible()
    reader.goto(address)
    expect(
        reader.get_by_text("Page not found").or_(reader.get_by_role("heading", level=1)).first
    ).to_be_visible()
    expect(reader.get_by_text("Shared by ann")).to_have_count(0)
    reader.context.close()


def test_a_conversation_is_read_as_the_chat_page_shows_it(page: Page, works: Portal) -> None:
    pk = works.manage("shell", "-v0", "-c", TALK).stdout.strip()
    sign_in(page, works, "ann")
    page.goto(f"{works.url}/chat/{pk}")
    page.locator(".conversation summary").first.click()
    page.get_by_role("link", name="Share…").first.click()
    page.get_by_text("Everyone who is signed in").click()
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("link", name="Sorting in Python").first.click()
    expect(page.locator(".message.assistant pre")).to_contain_text("sorted([2, 1])")
    for width in (1440, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert flaws(page) == []
    shot(page, "shared-conversation-320")
    page.set_viewport_size({"width": 1440, "height": 800})
    page.emulate_media(color_scheme="dark")
    shot(page, "shared-conversation")


LONG = "https://intranet.example.com/" + "quarterly_report_section_" * 12
LONG_TALK = f"""
from django.contrib.auth.models import User
from chat.models import Conversation
talk = Conversation.objects.create(user=User.objects.get(username="ann"), title="{LONG}"[:100])
talk.messages.create(role="user", content="See {LONG} please")
talk.messages.create(role="assistant", content="{"x" * 400}")
print(talk.pk)
"""


def test_a_long_address_does_not_scroll_sideways(page: Page, works: Portal) -> None:
    pk = works.manage("shell", "-v0", "-c", LONG_TALK).stdout.strip()
    sign_in(page, works, "ann")
    page.goto(f"{works.url}/chat/{pk}/share")
    assert overflows(page) == []
    page.get_by_text("Everyone who is signed in").click()
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("is shared")
    assert overflows(page) == []
    page.locator(".shares a").first.click()
    expect(page.get_by_text("Shared by ann")).to_be_visible()
    assert overflows(page) == []


def overflows(page: Page) -> list[int]:
    """Return the widths of the window in which the page scrolls sideways."""
    wide = []
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(width)
    return wide
