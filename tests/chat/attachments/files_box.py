"""Files in the box of the chat page: how a test picks, pastes and drops them."""

from __future__ import annotations

import base64

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.chat.page.chat_page import box
from tests.support.fake_provider import FakeProvider

PASTE = """([text, files]) => {
  const data = new DataTransfer();
  if (text) data.setData("text/plain", text);
  for (const [name, type, base64] of files) {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    data.items.add(new File([bytes], name, { type }));
  }
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  const box = document.getElementById("question");
  if (box.dispatchEvent(event)) document.execCommand("insertText", false, text);
}"""
DROP = """([name, type, base64]) => {
  const data = new DataTransfer();
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  data.items.add(new File([bytes], name, { type }));
  for (const kind of ["dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}"""


def chips(page: Page) -> Locator:
    return page.locator("#chips > .file:not([aria-busy])")


def packed(name: str, data: bytes) -> FilePayload:
    return FilePayload(name=name, mimeType="", buffer=data)


def pick(page: Page, *files: tuple[str, bytes]) -> None:
    """Choose files as the dialog of the button does, and wait until they are read."""
    before = chips(page).count()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Attach files").click()
    chooser.value.set_files([packed(*file) for file in files])
    expect(chips(page)).to_have_count(before + len(files))


def paste(page: Page, text: str = "", *files: tuple[str, str, bytes]) -> None:
    box(page).focus()
    packed = [[name, kind, base64.b64encode(data).decode()] for name, kind, data in files]
    page.evaluate(PASTE, [text, packed])


def look_into(page: Page, name: str) -> None:
    chips(page).get_by_role("button", name=name, exact=True).click()


def alert(page: Page) -> Locator:
    return page.locator("#alert")


def last(fake: FakeProvider) -> object:
    return fake.posts[-1].body["messages"][-1]["content"]
