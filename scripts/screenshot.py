"""
Takes the picture of the chat page for the README: `make screenshot` writes docs/portal.png.

Portal and browser are real. The provider is the fake one of the tests, so the answers are the same
each time.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # what follows is the project's own

from playwright.sync_api import expect, sync_playwright  # noqa: E402

from tests.support.browser import CHROMIUM, OPTIONS, link  # noqa: E402
from tests.support.fake_provider import FakeProvider  # noqa: E402
from tests.support.paths import DATA  # noqa: E402
from tests.support.portal import Portal  # noqa: E402
from tests.support.provider_messages import SSE_HEAD, openai_stream  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Page

PICTURE = ROOT / "docs" / "portal.png"
MODELS = DATA / "screenshot.yaml"
EARLIER = ["Minutes of the works council", "A polite reminder", "Regular expression for IBANs"]
QUESTION = "How do I find customers without an order?"
ANSWER = """Use a `LEFT JOIN` and keep the rows that found no order:

```sql
SELECT customer.id, customer.name
FROM customer
LEFT JOIN orders ON orders.customer_id = customer.id
WHERE orders.id IS NULL
ORDER BY customer.name;
```

- `LEFT JOIN` keeps every customer, with or without an order.
- `orders.id IS NULL` is true only where no order was found.
"""


def main() -> None:
    fake = FakeProvider()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        portal = Portal(folder, MODELS, variables={"FAKE_PORT": str(fake.port)})
        portal.prepare()
        portal.start()
        try:
            take(portal, fake)
        finally:
            portal.stop()
            fake.close()
    print(f"Written: {PICTURE.relative_to(ROOT)}, {PICTURE.stat().st_size // 1000} kB")


def take(portal: Portal, fake: FakeProvider) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
        page.goto(link(portal, "ann"))
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{portal.url}/")
        for question in EARLIER:
            ask(page, fake, question, "Here you are.")
            page.get_by_role("link", name="New conversation").click()
        ask(page, fake, QUESTION, ANSWER)
        page.screenshot(path=PICTURE)
        browser.close()


def ask(page: Page, fake: FakeProvider, question: str, answer: str) -> None:
    words = [word + " " for word in answer.split(" ")]
    fake.script(SSE_HEAD, 0.2, openai_stream(*words, usage=False))
    expect(page.locator("#send")).to_be_enabled()
    page.get_by_label("Your question").fill(question)
    page.get_by_label("Your question").press("Enter")
    facts = page.locator("#messages > .assistant:visible .facts")
    expect(facts).to_contain_text("in all", timeout=20_000)


if __name__ == "__main__":
    main()
