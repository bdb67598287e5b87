"""Saved prompts: kept on a page, shared with groups, used with `/`."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import box
from tests.support.browser import flaws, needs_chromium, shot, sign_in
from tests.support.portal import Portal

pytestmark = needs_chromium
SHARE = (
    "from django.contrib.auth.models import Group, User; from chat.models import Prompt; "
    "lab = Group.objects.create(name='lab'); "
    "[user.groups.add(lab) for user in User.objects.all()]; "
    "row = Prompt.objects.create(user=User.objects.get(username='ann'), title='Of Ann', text='By Ann.'); "
    "row.groups.add(lab); "
    "Prompt.objects.create(user=User.objects.get(username='ann'), title='Secret', text='Hers.')"
)
FILE = """
prompts:
  - {title: A first one, text: Say hello., first: true}
  - {title: For the law, text: Sue., groups: [law]}
notices:
  - {text: We close at noon., level: warning}
  - {text: It is over., until: 2020-01-01}
"""


def test_a_prompt_is_saved_and_used_with_its_words(page: Page, own_portal: Portal) -> None:
    own_portal.models.write_text(own_portal.models.read_text() + FILE)
    own_portal.start()
    own_portal.manage("shell", "-v0", "-c", SHARE)
    sign_in(page, own_portal)
    expect(page.get_by_text("We close at noon.")).to_be_visible()
    expect(page.get_by_text("It is over.")).to_have_count(0)
    page.get_by_role("button", name="A first one").click()
    expect(box(page)).to_have_value("Say hello.")
    box(page).fill("")
    address = page.url
    page.goto(f"{address}prompts")
    page.get_by_label("Title").fill("Letter")
    page.get_by_label("Prompt", exact=True).fill("Write to {{ name }} about {{thing}}, {{name}}.")
    page.get_by_label("lab").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("“Letter” is saved.")
    expect(page.get_by_text("shared with lab")).to_be_visible()
    assert flaws(page) == []
    shot(page, "prompts")
    page.goto(address)
    box(page).press("/")
    offers = page.locator("#prompt-offers button")
    expect(offers).to_have_text(["Letter mine", "A first one", "Of Ann ann"])
    assert flaws(page) == []
    shot(page, "prompt-dialog")
    page.get_by_label("Search prompts").fill("lett")
    page.get_by_label("Search prompts").press("Enter")
    page.get_by_label("name").fill("Bob")
    page.get_by_label("thing").fill("tax")
    page.get_by_label("thing").press("Enter")
    expect(box(page)).to_have_value("Write to Bob about tax, Bob.")
    expect(box(page)).to_be_focused()
    box(page).fill("")
    box(page).press("/")
    page.keyboard.press("Escape")
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value("")
    page.goto(f"{address}prompts")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete Letter").click()
    expect(page.get_by_text("You have saved none yet.")).to_have_count(0)
    expect(page.get_by_role("button", name="Delete Letter")).to_have_count(0)
