"""Each page has a picture in the documents, and `make pictures` takes each of them."""

from __future__ import annotations

import re

import pytest

from scripts.pictures.shots import SHOTS
from tests.project.pages import TEXTS, text_of
from tests.support.paths import ROOT

FILES = {file.stem for file in (ROOT / "docs" / "pictures").iterdir()}
PAGES = re.findall(r"^\| ([A-Z][^|]+?) \| `/", text_of("pages"), re.MULTILINE)
SHOWN = re.findall(
    r"^!\[([^\]]*)\]\((?:docs/)?pictures/([a-z-]+)\.png\)$", "\n".join(TEXTS.values()), re.MULTILINE
)
MAX_BYTES = 1_500_000  # of all pictures


@pytest.mark.parametrize("page", PAGES)
def test_each_page_has_a_picture(page: str) -> None:
    name = page.lower().replace(" ", "-")
    assert f"](pictures/{name}.png)" in text_of("pages")


def test_each_picture_is_shown_described_and_taken_by_the_command() -> None:
    assert PAGES
    assert FILES == {name for _, name in SHOWN} == {shot.name for shot in SHOTS}
    assert all(text for text, _ in SHOWN)


def test_pictures_are_small() -> None:
    assert sum(file.stat().st_size for file in (ROOT / "docs/pictures").iterdir()) < MAX_BYTES
