"""In German, no text of a page is left in English."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse

from accounts.models import ApiToken
from registry.state.service import service
from tests.support.paths import ROOT
from tests.support.po import entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

GERMAN = {"Accept-Language": "de"}
UNREAD = {"script", "style", "code", "pre", "kbd", "textarea"}
SPOKEN = ("aria-label", "title", "placeholder", "alt")
PAGES = (
    "admin:workflow_run_changelist",
    "account", "security", "password", "tokens", "developers", "models", "docs", "find",
    "delete-data", "confirm", "admin:index", "admin:registry-models", "admin:registry-providers",
    "admin:registry-defaults", "admin:registry-workers", "admin:registry-configuration",
    "admin:registry-dry-run", "admin:registry-meanings", "admin:accounts_event_changelist",
    "admin:accounts_apitoken_changelist", "admin:registry_change_changelist",
)  # fmt: skip
ANONYMOUS = ("login", "sign-in")
DATA = {"ann", "llm", "curl", "Python", "JavaScript", "LangChain", "WebSocket", "ID", "English",
        "Deutsch", "script", "use", "Revision", "models.yaml", "bash", "python", "javascript"}  # fmt: skip
DJANGO = {"Search", "False", "Filter"}  # texts of the admin that Django does not translate
WRITTEN = re.compile(  # what stays as it was written: places in the file, variables, the record
    r"models\.yaml:\d+|[A-Z_]+ is not set|.*, by a command|aim_\w+|[\w.-]+, \d+|chat, sql"
)


class Texts(HTMLParser):
    """Collects what people see or hear of a page, but for code."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open += [tag] if tag in UNREAD or ("translate", "no") in attrs else []
        self.found |= {value for name, value in attrs if name in SPOKEN and value}

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if not self.open and any(character.isalpha() for character in text):
            self.found.add(text)


def known() -> Iterator[str]:
    """Yield what is the same in both languages: names, data, and texts that are equal in both."""
    registry = service.current
    yield from DATA | DJANGO | {settings.PORTAL_NAME}
    yield from (*registry.providers, *registry.capabilities)
    for model in registry.models.values():
        yield from (model.id, model.title, model.ref.description or "")
    for entry in entries(ROOT / "locale/de/LC_MESSAGES/django.po"):
        if entry.translations[0] == entry.msgid:
            yield entry.msgid


def left_in_english(client: Client, address: str) -> set[str]:
    english = client.get(address)
    german = client.get(address, headers=GERMAN)
    assert german.status_code == english.status_code
    assert '<html lang="de"' in german.text or "<html" not in german.text
    both = (Texts(english.text).found & Texts(german.text).found) - {*known()}
    return {text for text in both if not WRITTEN.fullmatch(text)}


@pytest.fixture
def ann(client: Client, db: None) -> Client:
    user = User.objects.create_superuser("ann")
    ApiToken.make(user, "script")
    client.force_login(user)
    return client


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_german_throughout(ann: Client, name: str) -> None:
    assert left_in_english(ann, reverse(name)) == set()


@pytest.mark.parametrize("name", ANONYMOUS)
def test_a_page_before_signing_in_is_german_throughout(client: Client, db: None, name: str) -> None:
    assert left_in_english(client, reverse(name)) == set()


def test_pages_of_errors_are_german_throughout(ann: Client) -> None:
    assert left_in_english(ann, "/no-such-page") == set()
    assert left_in_english(ann, reverse("sign-out")) == set()


def test_dates_are_those_of_the_language(ann: Client) -> None:
    token = ApiToken.objects.get()
    page = ann.get(reverse("tokens"), headers=GERMAN).text
    assert f"<dd>{token.created:%d.%m.%Y}</dd>" in page
    assert f"<dd>{token.created:%Y-%m-%d}</dd>" in ann.get(reverse("tokens")).text
