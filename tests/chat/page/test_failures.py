"""A failed answer, as staff and as operators see it: one sentence, and what they can do now."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import ANSWER, answers, ask, box, send
from tests.support.browser import flaws, needs_chromium, shot, sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import http

pytestmark = needs_chromium
RAW = "CUDA out of memory on GPU 3"
BROKEN = http(500, {"error": {"message": RAW}})
SENTENCE = "The talker is not working at the moment."


@pytest.fixture
def staff(page: Page, portal: Portal) -> Page:
    """The chat page of someone who is no operator."""
    sign_in(page, portal, "ann")
    expect(send(page)).to_be_enabled()
    return page


def test_a_failure_is_one_plain_sentence_in_the_answers_place(
    staff: Page, fake: FakeProvider
) -> None:
    fake.script(BROKEN)
    ask(staff)
    failed = answers(staff).last
    expect(failed.locator(".note")).to_have_text(SENTENCE)
    expect(staff.get_by_text(SENTENCE)).to_have_count(1)
    expect(staff.get_by_role("alert")).to_be_hidden()
    expect(failed.get_by_text(RAW)).to_be_hidden()
    failed.locator(".why > summary").click()
    expect(failed.get_by_text(RAW)).to_be_visible()
    expect(failed.get_by_text("Request:")).to_be_visible()
    expect(failed.get_by_text("provider_error")).to_have_count(0)
    expect(failed.get_by_role("button", name="Copy")).to_have_count(0)
    assert flaws(staff) == []
    shot(staff, "chat-failed-staff")


def test_an_operator_sees_all_of_it(chat: Page, fake: FakeProvider) -> None:
    fake.script(BROKEN)
    ask(chat)
    expect(answers(chat).last.get_by_text(RAW)).to_be_visible()
    expect(answers(chat).last.get_by_text("provider_error")).to_be_visible()


def test_another_model_that_may_answer_is_offered(staff: Page, fake: FakeProvider) -> None:
    fake.script(BROKEN)
    ask(staff)
    staff.get_by_role("button", name="Try with listed").click()
    expect(answers(staff).locator("h2")).to_have_text(["listed"])
    expect(answers(staff).locator(".body")).to_have_text([ANSWER])
    assert fake.posts[-1].body["model"] == "listed"


def test_a_question_that_was_not_taken_can_be_put_to_another_model(
    staff: Page, fake: FakeProvider
) -> None:
    staff.locator("#model-chat").select_option("keyless:silent")
    ask(staff, "Do you hear me?")
    alert = staff.get_by_role("alert")
    expect(alert).to_contain_text("silent is not set up yet.")
    expect(alert.get_by_text("NEVER_SET")).to_be_hidden()
    expect(box(staff)).to_have_value("Do you hear me?")
    alert.get_by_role("button", name="Try with The talker").click()
    expect(answers(staff).locator(".body")).to_have_text([ANSWER])
    expect(alert).to_be_hidden()


def test_a_long_wait_is_counted_down_in_the_answer(staff: Page, fake: FakeProvider) -> None:
    fake.script(http(429, {"error": {"message": "Slow down."}}, Retry_After="3600"))
    ask(staff)
    failed = answers(staff).last
    expect(failed.locator(".when")).to_have_text("You can ask again in 60 min.")
    staff.reload()
    expect(failed.locator(".when")).to_have_text("You can ask again in 60 min.")


def test_the_failure_of_a_temporary_answer_is_the_same(staff: Page, fake: FakeProvider) -> None:
    staff.get_by_role("link", name="Temporary conversation").click()
    fake.script(BROKEN)
    ask(staff)
    expect(answers(staff).last.locator(".note")).to_have_text(SENTENCE)
    expect(staff.get_by_role("button", name="Try with listed")).to_be_visible()
    answers(staff).last.locator(".why > summary").click()
    expect(answers(staff).last.get_by_text("Request:")).to_be_visible()


def test_people_are_shown_whom_to_ask(
    page: Page, own_portal: Portal, fake: FakeProvider, expected: list[str]
) -> None:
    expected += ["404"]
    own_portal.variables["PORTAL_CONTACT"] = "help@example.org"
    own_portal.start()
    page.goto(f"{own_portal.url}/sign-in")
    expect(page.get_by_role("link", name="help@example.org")).to_be_visible()
    sign_in(page, own_portal, "ann")
    page.goto(f"{own_portal.url}/nothing-here")
    expect(page.get_by_role("link", name="help@example.org")).to_be_visible()
    expect(page.get_by_text("Name this request:")).to_be_visible()
    page.goto(own_portal.url)
    fake.script(http(401, {"error": {"message": "Incorrect key"}}))
    ask(page)
    contact = answers(page).last.get_by_role("link", name="help@example.org")
    expect(contact).to_have_attribute("href", "mailto:help@example.org")
