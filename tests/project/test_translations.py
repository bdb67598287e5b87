"""Every text of pages and scripts is translated, in full, and compiled."""

from __future__ import annotations

import gettext
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tests.support.po import Entry, entries

DOMAINS = ("django", "djangojs")
FILES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)\w|\{\w*\}")
TAG = re.compile(r"</?\w[^>]*>")
SOURCES = (".py", ".html", ".js", ".txt", ".po")
needs_gettext = pytest.mark.skipif(not shutil.which("xgettext"), reason="needs GNU gettext")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make messages` collects, in a copy of the sources."""
    copy = tmp_path_factory.mktemp("sources")
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT,
                           capture_output=True, text=True, check=True).stdout.split("\n")  # fmt: skip
    for name in names:
        source = ROOT / name
        if name.endswith(SOURCES) and not name.startswith(("tests/", "bench/")) and source.exists():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy / name)
    for domain in DOMAINS:
        subprocess.run(
            [sys.executable, "-m", "django", "makemessages", "-v0", "-d", domain, "-l", "de",
             "--no-obsolete", "--settings", "django.conf.global_settings"],
            cwd=copy, check=True, capture_output=True,
        )  # fmt: skip
    return copy / "locale/de/LC_MESSAGES"


@needs_gettext
@pytest.mark.parametrize("domain", DOMAINS)
def test_every_text_of_the_sources_is_collected(collected: Path, domain: str) -> None:
    stored = {(e.msgid, e.plural) for e in entries(ROOT / f"locale/de/LC_MESSAGES/{domain}.po")}
    fresh = {(e.msgid, e.plural) for e in entries(collected / f"{domain}.po")}
    assert stored == fresh, "run `make messages`, and translate what is new"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_text_is_translated(file: Path) -> None:
    missing = [e.msgid for e in entries(file) if e.fuzzy or not all(e.translations)]
    assert missing == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_translations_have_the_values_and_the_markup_of_their_texts(file: Path) -> None:
    assert [entry for entry in entries(file) if not _agrees(entry)] == []


def _agrees(entry: Entry) -> bool:
    """Are the placeholders the same? A form of a plural may leave out the number."""
    pairs = list(zip(entry.sources, entry.translations, strict=True))
    known = {name for source in entry.sources for name in PLACEHOLDER.findall(source)}
    if entry.plural:
        values = all(known >= {*PLACEHOLDER.findall(text)} for _, text in pairs)
    else:
        values = {*PLACEHOLDER.findall(entry.translations[0])} == known
    return values and all(
        sorted(TAG.findall(source)) == sorted(TAG.findall(text)) for source, text in pairs
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_compiled_is_what_is_written(file: Path) -> None:
    with file.with_suffix(".mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    for entry in entries(file):
        for n, text in zip((1, 2), entry.translations, strict=False):
            if entry.plural:
                found = catalogue.ngettext(entry.msgid, entry.plural, n)
            elif entry.context:
                found = catalogue.pgettext(entry.context, entry.msgid)
            else:
                found = catalogue.gettext(entry.msgid)
            assert found == text, "run `make messages`"
