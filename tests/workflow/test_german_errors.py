"""What the workflow's page is refused is in the language of its reader; the API stays English."""

from __future__ import annotations

import pytest
from django.utils import translation

from core.limits.errors import LimitedError
from core.limits.limiter import limited
from core.plain_errors import message_of
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.servers.databases import locked
from tests.workflow.portal import COUNT, QUESTION, SCHEMA, _workflow, says, works
from workflow.models import Evaluation
from workflow.templatetags.evaluations import _words

__all__ = ["_workflow", "works"]
GERMAN = {"Accept-Language": "de"}


def test_an_error_of_the_page_is_german(works: Portal) -> None:
    german = works.post("/workflow/restore", {"id": 999_999}, headers=GERMAN).json()
    assert german["error"]["message"] == "Diese Frage wurde inzwischen gelöscht."
    english = works.post("/workflow/restore", {"id": 999_999}).json()
    assert english["error"]["message"] == "This question was deleted meanwhile."


def test_an_outage_is_german_in_errors_and_warnings(works: Portal, fake: FakeProvider) -> None:
    says(fake, {"query": COUNT}, "SELECT COUNT(*) FROM concert")
    asked = {"question": QUESTION, "schema": SCHEMA, "dialect": "sqlite"}
    schema = {"name": "Concerts", "dialect": "sqlite", "text": SCHEMA}
    with locked(works, "workflow_inquiry, workflow_savedschema"):
        kept = works.post("/workflow/keep", schema, headers=GERMAN)
        answer = works.post("/workflow/ask", asked, headers=GERMAN)
    away = "Die Datenbank des Portals antwortet nicht."
    assert kept.json()["error"]["message"].startswith(away)
    answer.encoding = "utf-8"
    assert f"Die Antwort ist nicht gespeichert. {away}" in answer.text


def test_a_limit_is_english_and_pages_translate_it() -> None:
    with translation.override("de"):
        error = limited("answers", 4, LimitedError(1))
        assert message_of(error).startswith("Es laufen schon 4 Antworten.")
    assert error.message.startswith("You have 4 answers under way.")


@pytest.mark.parametrize("way", ["sql", "newer"])
def test_a_way_that_is_not_known_is_only_counted(way: str) -> None:
    words = _words(Evaluation(way=way, right=3, wrong=1, refused=0))
    assert words.endswith("3 of 4 right, 1 wrong though valid")
