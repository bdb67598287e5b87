"""The thumbs below an answer."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import answers, ask_and_wait
from tests.support.browser import flaws, needs_chromium, shot
from tests.support.portal import Portal

pytestmark = needs_chromium
MAY_READ = """
from django.contrib.auth.models import Permission, User
for user in User.objects.all():
    user.user_permissions.add(Permission.objects.get(codename="view_feedback"))
"""


def test_a_reader_says_what_is_wrong_with_an_answer(chat: Page) -> None:
    ask_and_wait(chat)
    answer = answers(chat).last
    answer.get_by_role("button", name="Bad answer").click()
    form = chat.get_by_role("form", name="Feedback")
    form.get_by_label("What is wrong?").select_option("It is wrong")
    form.get_by_label("What should they know?").fill("It is 19 %.")
    assert flaws(chat) == []
    shot(chat, "chat-feedback")
    form.get_by_role("button", name="Send").click()
    expect(answer.get_by_text("Thank you.")).to_be_visible()
    chat.reload()
    bad = answers(chat).last.get_by_role("button", name="Bad answer")
    expect(bad).to_have_attribute("aria-pressed", "true")
    bad.click()
    expect(bad).to_have_attribute("aria-pressed", "false")
    expect(answers(chat).last.get_by_role("button", name="Good answer")).to_have_attribute(
        "aria-pressed", "false"
    )


def test_a_shared_answer_is_fetched_when_it_is_opened(chat: Page, portal: Portal) -> None:
    portal.manage("shell", "-v0", "-c", MAY_READ)
    ask_and_wait(chat)
    answers(chat).last.get_by_role("button", name="Bad answer").click()
    form = chat.get_by_role("form", name="Feedback")
    form.get_by_label("They may read this question and its answer").check()
    form.get_by_role("button", name="Send").click()
    expect(answers(chat).last.get_by_text("Thank you.")).to_be_visible()
    chat.goto(f"{portal.url}/feedback")
    expect(chat.locator(".entries .answer")).to_have_count(0)
    chat.get_by_text("Question and answer").first.press("Enter")
    expect(chat.locator(".entries .answer").first).to_be_visible()
    assert flaws(chat) == []
    shot(chat, "feedback-opened")
