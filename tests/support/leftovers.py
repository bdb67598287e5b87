"""What a German page still says in English: texts of its catalogues that are shown untranslated."""

from __future__ import annotations

import gettext
import re
from functools import cache
from typing import TYPE_CHECKING

from tests.support.paths import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

CATALOGUES = ROOT / "locale" / "de" / "LC_MESSAGES"
SLOT = re.compile(r"%\\\((\w+)\\\)s|\\\{\w+\\\}")  # of a value, in an escaped text
VALUE = re.compile(r"%\(\w+\)s|\{\w+\}")
WORD = re.compile(r"[A-Za-z]{2,}")
TEXTS = """() => {
  const shown = (element) => !element.closest("[lang=en]") && element.checkVisibility();
  const main = document.querySelector("main"), texts = [document.title];
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement, textContent } = walker.currentNode;
    if (shown(parentElement) || parentElement.closest("select")) texts.push(textContent);
  }
  for (const element of main.querySelectorAll("[aria-label], [title], [placeholder], [alt], optgroup"))
    if (shown(element)) for (const name of ["aria-label", "title", "placeholder", "alt", "label"])
      texts.push(element.getAttribute(name) ?? "");
  return texts.map((text) => text.trim().replace(/\\s+/g, " ")).filter(Boolean);
}"""


def leftovers(page: Page) -> list[str]:
    """Return the texts and attributes on the page that are in the catalogues, but in English."""
    return [text for text in page.evaluate(TEXTS) if _english().fullmatch(text)]


@cache
def _english() -> re.Pattern[str]:
    """Return what matches any English text whose German one differs."""
    texts = [
        english
        for name in ("django", "djangojs")
        for english, german in _catalogue(name)
        if english and english != german and _says_something(english)
    ]
    return re.compile("|".join(map(_pattern, texts)))


def _says_something(text: str) -> bool:
    """Has it more than one word between values? "… from …" is in what models say as well."""
    words = WORD.findall(VALUE.sub("", text))
    return len(words) > 1 if VALUE.search(text) else bool(words)


def _catalogue(name: str) -> list[tuple[str, str]]:
    with (CATALOGUES / f"{name}.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    pairs = [(key[0] if isinstance(key, tuple) else key, text) for key, text in catalogue.items()]
    return [(key.rpartition("\x04")[2], text) for key, text in pairs]


def _pattern(text: str) -> str:
    return SLOT.sub(".+", re.escape(text.strip()))
