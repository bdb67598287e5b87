"""The page that turns questions into SQL, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Dialog, Page, expect

from tests.support.browser import browser, expected, flaws, needs_chromium, page, shot
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import http
from tests.workflow.portal import COUNT, QUESTION, WRONG, _workflow, says, works
from tests.workflow.tab import SQL, ask, asked, put, tab

__all__ = ["_workflow", "browser", "expected", "page", "tab", "works"]
pytestmark = needs_chromium


def test_a_pasted_schema_is_looked_at_while_it_is_typed(tab: Page) -> None:
    expect(tab.locator("#ddl-says")).to_contain_text("stadium (3 columns), concert (4 columns)")
    tab.get_by_label("CREATE TABLE statements").fill("CREATE TABLE t (")
    expect(tab.locator("#ddl-says.problem")).to_be_visible()
    assert flaws(tab) == []


def test_a_question_becomes_sql_with_its_explanation(tab: Page, fake: FakeProvider) -> None:
    asked(tab, fake)
    expect(tab.locator("#sql")).to_contain_text("year = 2014")
    expect(tab.locator(".explanation")).to_contain_text("2014")
    expect(tab.get_by_role("heading", name=QUESTION)).to_be_in_viewport()
    expect(tab.locator("#sql")).to_be_in_viewport()
    expect(tab.get_by_text("Two models wrote the same query.")).to_be_visible()
    expect(tab.get_by_label("Filter rows")).to_have_value("year = 2014")
    assert flaws(tab) == []
    shot(tab, "workflow")


def test_an_edited_card_changes_the_sql_at_once(tab: Page, fake: FakeProvider) -> None:
    asked(tab, fake)
    tab.get_by_label("Filter rows").fill("year = 2015 AND title LIKE 'A%'")
    tab.get_by_label("Filter rows").blur()
    expect(tab.locator("#sql")).to_contain_text("year = 2015")
    expect(tab.locator(".explanation")).to_contain_text("2015")
    assert len(fake.posts) == 2, "no model was asked"


def test_a_wrong_card_says_what_is_wrong_and_keeps_what_was_typed(
    tab: Page, fake: FakeProvider
) -> None:
    asked(tab, fake)
    tab.get_by_label("Filter rows").fill("yaer = 2015")
    tab.get_by_label("Filter rows").blur()
    expect(tab.locator(".card.wrong")).to_contain_text("Did you mean 'year'?")
    expect(tab.get_by_label("Filter rows")).to_have_value("yaer = 2015")
    assert flaws(tab) == []
    tab.get_by_label("Filter rows").fill("year = 2015")
    tab.get_by_label("Filter rows").blur()
    expect(tab.locator("#sql")).to_contain_text("year = 2015")


def test_edited_sql_changes_the_cards(tab: Page, fake: FakeProvider) -> None:
    asked(tab, fake)
    tab.get_by_role("button", name="Edit").click()
    tab.get_by_label("Edit the SQL").fill("SELECT title FROM concert WHERE year > 1999 LIMIT 3")
    tab.get_by_role("button", name="Apply").first.click()
    expect(tab.get_by_label("Filter rows")).to_have_value("year > 1999")
    expect(tab.get_by_label("At most this many rows")).to_have_value("3")


def test_sql_that_writes_is_refused_and_stays_to_be_mended(tab: Page, fake: FakeProvider) -> None:
    asked(tab, fake)
    tab.get_by_role("button", name="Edit").click()
    tab.get_by_label("Edit the SQL").fill("DELETE FROM concert")
    tab.get_by_role("button", name="Apply").first.click()
    expect(tab.locator("#result .issues")).to_contain_text("Only a query is allowed here")
    expect(tab.get_by_label("Edit the SQL")).to_have_value("DELETE FROM concert")


def test_another_dialect_is_another_sql(tab: Page, fake: FakeProvider) -> None:
    tab.get_by_label("CREATE TABLE statements").fill(
        "CREATE TABLE [concert] ([id] INT IDENTITY(1,1) PRIMARY KEY, [year] INT);"
    )
    tab.locator("#dialect").select_option("tsql")
    asked(tab, fake)
    put(tab, "At most this many rows", "5")
    expect(tab.locator("#sql")).to_contain_text("TOP 5")
    tab.locator("#target").select_option("postgres")  # which would not read the brackets
    expect(tab.locator("#sql")).to_contain_text("LIMIT 5")
    put(tab, "At most this many rows", "7")
    expect(tab.locator("#sql")).to_contain_text("LIMIT 7")


def test_two_writers_that_differ_are_compared(tab: Page, fake: FakeProvider) -> None:
    says(fake, {"query": COUNT}, "SELECT COUNT(*) FROM concert WHERE year > 2014")
    ask(tab)
    expect(tab.locator(".diff .added").last).to_contain_text("year > 2014")
    expect(tab.locator(".diff .removed").last).to_contain_text("year = 2014")


def test_what_is_ambiguous_is_chosen(tab: Page, fake: FakeProvider) -> None:
    says(fake, {"ambiguous": {"term": "large", "options": ["by capacity", "by concerts"]}})
    ask(tab, "Which stadium is large?")
    says(fake, {"query": COUNT}, SQL)
    tab.get_by_role("button", name="by capacity").click()
    expect(tab.locator("#sql")).to_be_visible()
    assert "“large” means: by capacity" in fake.posts[-1].body["messages"][-1]["content"]


def test_what_models_wrote_can_be_unfolded(tab: Page, fake: FakeProvider) -> None:
    says(fake, "I think it is difficult.", {"query": COUNT}, SQL)
    ask(tab)
    tab.get_by_text("What the models wrote").click()
    expect(tab.get_by_text("I think it is difficult.")).to_be_visible()
    expect(tab.get_by_text("Query, attempt 1: not used")).to_be_visible()


def test_progress_is_told_and_stop_ends_the_models_work(tab: Page, fake: FakeProvider) -> None:
    says(fake, {"query": WRONG})
    fake.script(HANG)
    ask(tab)
    expect(tab.locator("#progress")).to_contain_text("attempt 2")
    expect(tab.locator("#elapsed")).to_have_text(re.compile(r"^\d+ s$"))
    tab.keyboard.press("Escape")
    expect(tab.locator("#progress")).to_have_text("Stopped.")
    expect(tab.get_by_label("Your question")).to_be_focused()
    assert fake.posts[-1].peer_closed.wait(2)
    expect(tab.get_by_label("Your question")).to_have_value(QUESTION)


def test_a_failure_is_beside_the_button_in_plain_words_and_is_kept(
    tab: Page, fake: FakeProvider
) -> None:
    fake.script(http(500, {"error": {"message": "broken"}}))
    ask(tab)
    failure = tab.get_by_role("alert")
    expect(failure).to_contain_text(
        re.compile(r"thinker is not working at the moment\. After \d+ s")
    )
    expect(failure).to_be_in_viewport()
    expect(tab.get_by_text("broken")).to_be_hidden()
    tab.get_by_text("Details").click()
    expect(failure).to_contain_text("broken")
    expect(tab.locator("#inquiries [aria-current]")).to_contain_text(QUESTION)
    assert flaws(tab) == []
    shot(tab, "workflow-failed")
    tab.reload()
    expect(tab.get_by_label("Your question")).to_have_value(QUESTION)
    expect(tab.get_by_role("alert")).to_contain_text("thinker is not working at the moment.")
    says(fake, {"query": COUNT}, SQL)
    tab.get_by_role("button", name="Try again").click()
    expect(tab.locator("#sql")).to_contain_text("year = 2014")
    expect(tab.get_by_role("alert")).to_be_hidden()


def test_a_question_that_failed_is_asked_of_another_model(tab: Page, fake: FakeProvider) -> None:
    fake.script(http(500, {"error": {"message": "broken"}}))
    ask(tab)
    other = tab.get_by_role("button", name=re.compile("^Try with (?!thinker)"))
    expect(other).to_be_visible()
    tab.reload()
    title = other.inner_text().removeprefix("Try with ")
    says(fake, {"query": COUNT}, SQL)
    other.click()
    expect(tab.locator("#sql")).to_contain_text("year = 2014")
    assert fake.posts[-2].body["model"] in title, "the failed model is not asked again"
    expect(tab.get_by_role("alert")).to_be_hidden()
    expect(other).to_be_hidden()


def test_an_answer_has_an_address_and_its_owner_alone_sees_it(
    tab: Page, works: Portal, fake: FakeProvider
) -> None:
    asked(tab, fake)
    expect(tab.locator("#inquiries [aria-current]")).to_contain_text(QUESTION)
    expect(tab).to_have_url(re.compile(r"/workflow/\d+$"))
    tab.reload()
    expect(tab.locator("#sql")).to_contain_text("year = 2014")
    expect(tab.get_by_label("Filter rows")).to_have_value("year = 2014")
    expect(tab.get_by_label("CREATE TABLE statements")).to_have_value(re.compile("stadium"))
    olga = works.sign_in("olga")
    assert QUESTION not in olga.get(f"{works.url}/workflow", timeout=5).text
    assert olga.get(tab.url, timeout=5).status_code == 404


def test_what_was_typed_survives_going_away(tab: Page, fake: FakeProvider) -> None:
    tab.get_by_label("Your question").fill("How large is each stadium?")
    tab.reload()
    expect(tab.get_by_label("Your question")).to_have_value("How large is each stadium?")
    expect(tab.get_by_label("CREATE TABLE statements")).to_have_value(re.compile("stadium"))
    asked(tab, fake)
    tab.get_by_label("Your question").fill("And in 2015?")
    tab.get_by_role("link", name="Models", exact=True).click()
    tab.go_back()
    expect(tab.get_by_label("Your question")).to_have_value("And in 2015?")
    expect(tab.locator("#old")).to_contain_text(QUESTION)
    tab.get_by_role("link", name="Ask your data").click()
    expect(tab.get_by_label("Your question")).to_have_value("")


def test_a_failed_question_marks_the_answer_before_as_old(tab: Page, fake: FakeProvider) -> None:
    asked(tab, fake)
    fake.script(http(500, {"error": {"message": "broken"}}))
    ask(tab, "And in 2015?")
    expect(tab.get_by_role("alert")).to_be_in_viewport()
    expect(tab.locator("#old")).to_contain_text(f"the question before: “{QUESTION}”")
    asked(tab, fake)
    expect(tab.locator("#old")).to_be_hidden()


def test_deleting_asks_first_and_leaves_the_question_that_is_typed(
    tab: Page, fake: FakeProvider
) -> None:
    asked(tab, fake)
    count = tab.locator("#inquiries li").count()
    tab.get_by_label("Your question").fill("And in 2015?")
    answers = iter(["dismiss", "accept"])
    tab.on("dialog", lambda dialog: getattr(dialog, next(answers))())
    tab.locator("#inquiries button").first.click()
    expect(tab.locator("#inquiries li")).to_have_count(count)
    tab.locator("#inquiries button").first.click()
    expect(tab.locator("#inquiries [aria-current]")).to_have_count(0)
    tab.reload()
    expect(tab.get_by_label("Your question")).to_have_value("And in 2015?")


def test_a_schema_can_be_kept_replaced_and_forgotten(tab: Page, expected: list[str]) -> None:
    expected += ["412", "400"]
    messages: list[str] = []

    def agree(dialog: Dialog) -> None:
        messages.append(dialog.message)
        dialog.accept()

    tab.on("dialog", agree)
    tab.get_by_label("Save these tables as").fill("Concerts")
    tab.get_by_role("button", name="Save", exact=True).click()
    expect(tab.locator("#schema option:checked")).to_have_text("Concerts")
    tab.reload()
    tab.get_by_label("Tables", exact=True).select_option(label="Concerts")
    expect(tab.get_by_label("CREATE TABLE statements")).to_have_value(re.compile("stadium"))
    tab.get_by_label("CREATE TABLE statements").fill("CREATE TABLE band (id INTEGER);")
    tab.get_by_label("Save these tables as").fill("Concerts")
    tab.get_by_role("button", name="Save", exact=True).click()
    expect(tab.locator("#schema option:checked")).to_have_attribute("data-text", re.compile("band"))
    assert messages == ["You have a schema named Concerts already. Replace it?"]
    tab.get_by_role("button", name="Delete schema").click()
    expect(tab.locator("#schema option[value^='saved:']", has_text="Concerts")).to_have_count(0)
    tab.get_by_label("CREATE TABLE statements").fill("SELECT 1")
    tab.get_by_role("button", name="Save", exact=True).click()
    expect(tab.get_by_role("alert")).to_contain_text("No table was found")


def test_the_dropdowns_have_what_can_do_the_job(tab: Page) -> None:
    expect(tab.locator("#model-chat option", has_text="thinker").first).to_have_count(1)
    expect(tab.locator("#model-chat option", has_text="scribe")).to_have_count(0)
    expect(tab.locator("#model-sql option", has_text="coder")).to_have_count(1)
    tab.locator("#model-sql").select_option("fake:coder")
    tab.reload()
    expect(tab.locator("#model-sql")).to_have_value("fake:coder")
