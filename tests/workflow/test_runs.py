"""Data sources over the API and on the page: who sees them, and what running gives."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from PIL import Image
from playwright.sync_api import Page, expect

from tests.support.browser import (
    SHOTS,
    browser,
    expected,
    flaws,
    needs_chromium,
    page,
    shot,
    sign_in,
)
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.servers import databases
from tests.workflow.portal import COUNT, QUESTION, _workflow, build, says, sql, works
from workflow.page.run import as_shown

__all__ = ["_workflow", "browser", "expected", "page", "works"]
PER_STADIUM: dict[str, Any] = {
    "from": {"table": "concert"},
    "joins": [{"join": "inner", "source": {"table": "stadium"}, "on": {"op": "=", "args": [
        {"column": "stadium_id", "table": "concert"}, {"column": "id", "table": "stadium"}]}}],
    "group_by": [{"column": "name", "table": "stadium"}],
    "select": [{"expr": {"column": "name", "table": "stadium"}}, {"expr": {"agg": "count"}, "as": "n"}],
}  # fmt: skip


def run(portal: Portal, who: str = "ann", **body: Any) -> requests.Response:
    given = {"source": "concerts", "ir": {"query": PER_STADIUM}, **body}
    return portal.post("/workflow/run", given, who=who)


def test_a_source_is_a_schema(works: Portal, fake: FakeProvider) -> None:
    says(fake, {"query": COUNT})
    answer = build(works, schema={"source": "concerts"})
    assert answer["valid"]
    assert "CREATE TABLE concert" in fake.posts[-1].body["messages"][-1]["content"]
    assert "Park" not in str(fake.posts[-1].body), "rows never go into a prompt"


def test_a_source_of_others_is_not_there(works: Portal) -> None:
    body = {"question": QUESTION, "schema": {"source": "concerts"}}
    assert works.post("/v1/ir/build", body, who="olga").status_code == 404
    assert "concerts" not in works.sign_in("olga").get(f"{works.url}/workflow", timeout=5).text


def test_a_schema_that_stays_in_the_house_goes_to_local_models_only(
    works: Portal, fake: FakeProvider
) -> None:
    body = {"question": QUESTION, "schema": {"source": "private"}}
    answer = works.post("/v1/ir/build", body)
    assert answer.status_code == 403
    assert "local: true" in answer.json()["error"]["message"]
    assert not fake.posts
    select = [{"expr": {"agg": "count"}}]
    compiled = sql(works, ir={"query": {"from": {"table": "stadium"}, "select": select}},
                   schema={"source": "private"})  # fmt: skip
    assert compiled["valid"], "compiling asks no model"


def test_a_checked_query_runs(works: Portal) -> None:
    answer = run(works)
    assert answer.status_code == 200, answer.text
    assert "Hall" in answer.json()["html"]
    assert "<svg" in answer.json()["html"]
    assert "'=Park" in answer.json()["csv"], "a spreadsheet would run it"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [(18209.999999999996, "18210"), (0.1 + 0.2, "0.3"), (1.5, "1.5"), (2e12 + 0.5, "2000000000000.5"),
     (1e-9, "1e-09"), (123456789012345.0, "123456789012345"), (1e300, "1e+300"), (7, 7), (None, None)],
)  # fmt: skip
def test_a_float_is_shown_without_the_digits_of_its_sum(cell: Any, shown: Any) -> None:
    assert as_shown(cell) == shown


def test_running_needs_permission_group_and_a_source_that_runs(works: Portal) -> None:
    assert run(works, "olga").status_code == 404
    assert run(works, source="private", ir={"query": {**COUNT, "from": {"table": "stadium"},
               "where": None}}).status_code == 403  # fmt: skip


def test_what_the_gate_refuses_does_not_run(works: Portal) -> None:
    answer = run(works, ir={"query": {**COUNT, "from": {"table": "sqlite_master"}}})
    assert answer.status_code == 400


def test_each_run_is_recorded(works: Portal) -> None:
    run(works)
    program = "from workflow.models import Run; r = Run.objects.first(); print(r.username, r.source, r.rows, r.sql)"
    assert "ann concerts 2 SELECT" in works.manage("shell", "-c", program).stdout


def ask_for_stadiums(page: Page, works: Portal, fake: FakeProvider, source: str) -> None:
    """Ask on the page, as ann, how many concerts each stadium has."""
    sign_in(page, works, "ann")
    page.goto(f"{works.url}/workflow")
    page.get_by_label("Tables", exact=True).select_option(label=source)
    page.get_by_label("Your question").fill("Concerts for each stadium?")
    says(fake, {"query": PER_STADIUM}, "I do not know.")
    page.get_by_role("button", name="Ask", exact=True).click()


@needs_chromium
def test_the_page_runs_a_query_and_shows_its_rows(
    page: Page, works: Portal, fake: FakeProvider
) -> None:
    ask_for_stadiums(page, works, fake, "Our concerts")
    page.get_by_role("button", name="Run on Our concerts").click()
    expect(page.locator("#rows figcaption")).to_have_text("Concerts for each stadium?")
    expect(page.locator("#rows svg")).to_be_visible()
    page.get_by_text("Table", exact=True).click()
    expect(page.locator("#rows svg")).to_be_hidden()
    expect(page.locator("#rows td", has_text="Hall")).to_be_visible()
    expect(page.locator("#rows td.number")).to_have_text(["2", "1"])
    expect(page.locator("#rows")).to_be_in_viewport()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    assert download.value.suggested_filename == "rows.csv"
    assert flaws(page) == []
    shot(page, "workflow-rows")


@needs_chromium
def test_a_chart_is_saved_as_a_picture_in_light_colours(
    page: Page, works: Portal, fake: FakeProvider
) -> None:
    page.emulate_media(color_scheme="dark")
    ask_for_stadiums(page, works, fake, "Quick concerts")
    page.get_by_role("button", name="Save as picture").focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "chart.png"
    with Image.open(download.value.path()) as file:
        picture = file.convert("RGB")
    assert picture.width == 2 * 680
    colours = {colour for _, colour in picture.getcolors(100_000) or ()}
    assert picture.getpixel((0, 0)) == (255, 255, 255)
    assert {(11, 87, 208), (26, 29, 33)} <= colours, "its bars, and its words"
    SHOTS.mkdir(parents=True, exist_ok=True)
    picture.save(SHOTS / "workflow-chart.png")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as SVG").click()
    assert download.value.suggested_filename == "chart.svg"
    drawing = download.value.path().read_text()
    assert ">Concerts for each stadium?</text>" in drawing
    assert "currentColor" not in drawing.partition("<desc")[2]
    assert flaws(page) == []


@needs_chromium
def test_a_source_with_auto_run_shows_its_rows_at_once_unless_a_demonstration_model_wrote_the_query(
    page: Page, works: Portal, fake: FakeProvider
) -> None:
    ask_for_stadiums(page, works, fake, "Quick concerts")
    expect(page.locator("#rows svg")).to_be_visible()
    page.locator("#model-chat-search").click()
    page.locator("#model-chat-list").get_by_role("option", name="toy").click()
    says(fake, "SELECT COUNT(*) AS n FROM stadium", "I do not know.")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#sql")).to_contain_text("stadium")
    expect(page.get_by_text("toy is a demonstration model").last).to_be_visible()
    expect(page.locator("#rows")).to_be_empty()


OWN = "sources:\n  own: {url: 'sqlite:///FOLDER/db.sqlite3', groups: [a], tables: [auth_user]}\n"
BAD = [("sources:\n  x: {url: 5}\n", "sources.yaml:2")]
BAD += [] if databases.POSTGRES else [(OWN, "portal's own")]  # on Postgres it is another


@pytest.mark.parametrize(("text", "told"), BAD)
def test_a_source_that_may_not_be_used_stops_the_start(
    own_portal: Portal, text: str, told: str
) -> None:
    path = own_portal.folder / "sources.yaml"
    path.write_text(text.replace("FOLDER", str(own_portal.folder)))
    own_portal.variables["SOURCES_FILE"] = str(path)
    with pytest.raises(AssertionError, match=told):
        own_portal.start()
    own_portal.process = None
