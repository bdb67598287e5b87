"""
Takes the pictures of the documents: `make pictures` writes docs/pictures/.

Portal and browser are real, and the provider is the fake one of the tests. What changes from run to
run is fixed where that is easy: dates, durations, the portal's address.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import expect, sync_playwright

from scripts.pictures.served import FILE, IDS
from scripts.pictures.shop import (
    CHANGE,
    CHANGED,
    CONFIRMED,
    CONFIRMED_QUESTION,
    QUESTION,
    READINGS,
    READINGS_QUESTION,
    SHOP,
    SOURCES,
    SQL,
)
from scripts.pictures.shots import SHOTS, Shot
from tests.support.browser import CHROMIUM, OPTIONS
from tests.support.fake_provider import FakeProvider
from tests.support.paths import ROOT
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.provider_messages import completion, default_answer, http

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DATE = "2026-03-02"
FOLDER = ROOT / "docs" / "pictures"
COLOURS = 128
# Texts that change from run to run, and what the pictures show in their place.
FIXED = {
    r"http://127\.0\.0\.1:\d+": "https://ai.example.com",
    r"\d+ (seconds|minutes?) ago": "20 seconds ago",
    r"\b\d+ ms": "2 ms",
    f"{date.today():%Y-%m-%d} \\d\\d:\\d\\d": f"{DATE} 09:30",
    f"{date.today():%Y-%m-%d}": DATE,
}
REPLACE = """pairs => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) for (const [pattern, text] of pairs)
    walker.currentNode.data = walker.currentNode.data.replace(new RegExp(pattern, "g"), text);
}"""


def main() -> None:
    fake = FakeProvider()
    served = [{"id": model.partition(":")[2]} for model in IDS]
    fake.answers["/v1/models"] = http(200, {"object": "list", "data": served})
    with tempfile.TemporaryDirectory() as name:
        portal = prepared(Path(name), fake)
        portal.start()
        try:
            take_all(portal, fake)
        finally:
            portal.stop()
            fake.close()
    size = sum(file.stat().st_size for file in FOLDER.iterdir())
    print(f"Written: {FOLDER.relative_to(ROOT)}, {len(SHOTS)} pictures, {size // 1000} kB")


def prepared(folder: Path, fake: FakeProvider) -> Portal:
    """Return a portal with the content of the pictures."""
    variables = {**LONG_TIMEOUTS, "FAKE_PORT": str(fake.port), "PROBE_SECONDS": "3600"}
    portal = Portal(folder, FILE, "uvicorn", variables)
    portal.variables["SOURCES_FILE"] = str(folder / "sources.yaml")
    (folder / "sources.yaml").write_text(SOURCES.replace("FOLDER", str(folder)))
    with closing(sqlite3.connect(folder / "shop.db")) as database:
        database.executescript(SHOP)
    portal.prepare()
    portal.manage("shell", "-c", "from scripts.pictures import content; content.fill()")
    return portal


def take_all(portal: Portal, fake: FakeProvider) -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        ask(browser, portal, fake)
        portal.manage("shell", "-c", "from scripts.pictures import content; content.freeze()")
        for shot in SHOTS:
            take(browser, portal, shot)
        browser.close()


def ask(browser: Browser, portal: Portal, fake: FakeProvider) -> None:
    """Ask about the data source: the answers are stored."""
    for question, replies in ((READINGS_QUESTION, READINGS), (QUESTION, (SQL, SQL))):
        for reply in replies:
            fake.script(http(200, completion(reply)), "keep")
        answered(browser, portal, question).context.close()
    for _ in "ab":
        fake.script(http(200, completion(CONFIRMED)), "keep")
    page = answered(browser, portal, CONFIRMED_QUESTION, "olga")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.locator("#confirm-part")).to_contain_text("Confirmed by olga")
    page.context.close()
    answered(browser, portal, CONFIRMED_QUESTION).context.close()
    # For the picture of a change: the confirmed questions that are nearest come first.
    fake.script(default_answer("/v1/embeddings", {"input": CHANGE}), "keep")
    fake.script(http(200, completion(CHANGED)), "keep")


def answered(browser: Browser, portal: Portal, question: str, user: str = "ann") -> Page:
    """Ask on the page, and return it with the answer."""
    page = opened(browser, portal, Shot("", "/workflow", user))
    page.get_by_label("Tables", exact=True).select_option(label="Our shop")
    page.get_by_label("Your question").fill(question)
    page.get_by_label("Your question").press("Control+Enter")
    expect(page.locator("#sql")).to_be_visible()
    return page


def opened(browser: Browser, portal: Portal, shot: Shot) -> Page:
    """Return the page of a picture, in a browser of its own."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": 800},
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
        locale="en-GB",
    )
    if shot.user:
        cookie = {"name": "sessionid", "value": portal.session_key(shot.user), "url": portal.url}
        context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(portal.url + shot.path)
    return page


def take(browser: Browser, portal: Portal, shot: Shot) -> None:
    """Take a picture, and reduce it to a few colours: a third of the size."""
    page = opened(browser, portal, shot)
    shot.before(page)
    page.evaluate(REPLACE, list(FIXED.items()))
    file = FOLDER / f"{shot.name}.png"
    page.screenshot(path=file, animations="disabled", caret="hide")
    page.context.close()
    with Image.open(file) as picture:
        reduced = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    reduced.save(file, optimize=True)


if __name__ == "__main__":
    main()
