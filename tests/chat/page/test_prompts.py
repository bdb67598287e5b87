"""Saved prompts: kept on a page, shared with groups, used with `/`."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import box
from tests.support.browser import flaws, needs_chromium, shot, sign_in
from tests.support.portal import Portal

pytestmark = needs_chromium
SHARE = (
    "from django.contrib.auth.models import Group, User; from chat.models import Prompt; "
    "lab = Group.objects.create(name='lab'); "
    "[user.groups.add(lab) for user in User.objects.all()]; "
    "row = Prompt.objects.create(user=User.objects.get(username='ann'), title='Of Ann', text='Write to {{ name }} about {{thing}}, {{name}}.'); "
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


@pytest.fixture
def lab(page: Page, own_portal: Portal) -> Page:
    """The chat page of someone in the group lab."""
    own_portal.models.write_text(own_portal.models.read_text() + FILE)
    own_portal.start()
    own_portal.manage("shell", "-v0", "-c", SHARE)
    sign_in(page, own_portal)
    return page


def test_a_notice_and_the_first_prompts_are_on_an_empty_page(lab: Page) -> None:
    expect(lab.get_by_text("We close at noon.")).to_be_visible()
    expect(lab.get_by_text("It is over.")).to_have_count(0)
    lab.get_by_role("button", name="A first one").click()
    expect(box(lab)).to_have_value("Say hello.")


def test_a_prompt_is_saved_shared_and_deleted(lab: Page) -> None:
    lab.goto(f"{lab.url}prompts")
    expect(lab.get_by_text("You have saved none yet.")).to_be_visible()
    lab.get_by_label("Title").fill("Letter")
    lab.get_by_label("Prompt", exact=True).fill("Write.")
    lab.get_by_label("lab").check()
    lab.get_by_role("button", name="Save").click()
    expect(lab.get_by_role("status")).to_have_text("“Letter” is saved.")
    expect(lab.get_by_text("shared with lab")).to_be_visible()
    expect(lab.get_by_text("You have saved none yet.")).to_be_hidden()
    assert flaws(lab) == []
    shot(lab, "prompts")
    lab.on("dialog", lambda dialog: dialog.accept())
    lab.get_by_role("button", name="Delete Letter").click()
    expect(lab.get_by_text("You have saved none yet.")).to_be_visible()


def test_a_slash_opens_the_prompts_and_asks_for_their_words(lab: Page) -> None:
    box(lab).press("/")
    expect(lab.locator("#prompt-offers button")).to_have_text(["A first one", "Of Ann ann"])
    assert flaws(lab) == []
    shot(lab, "prompt-dialog")
    lab.get_by_label("Search prompts").fill("ann")
    lab.get_by_label("Search prompts").press("Enter")
    lab.get_by_label("name").fill("Bob")
    lab.get_by_label("thing").fill("tax")
    lab.get_by_label("thing").press("Enter")
    expect(box(lab)).to_have_value("Write to Bob about tax, Bob.")
    expect(box(lab)).to_be_focused()


def test_escape_leaves_the_box_as_it_was(lab: Page) -> None:
    box(lab).press("/")
    lab.keyboard.press("Escape")
    expect(box(lab)).to_be_focused()
    expect(box(lab)).to_have_value("")
