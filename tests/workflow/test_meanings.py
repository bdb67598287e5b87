"""Questions to a source with meanings: in prompts, answers, on the page and over MCP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.doors.mcp.agent import TOKENS, call
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.servers.cluster import until
from tests.workflow.portal import SOURCES, build, says, sql, workflow_portal

MEANINGS = """
meanings:
  concerts:
    measures:
      early_shows:
        expr: COUNT(concert.id)
        filter: concert.year < 2015
        owner: Booking
        synonyms: [frühe Konzerte]
    dimensions:
      venue: stadium.name
    joins:
      - {left: concert, right: stadium, on: concert.stadium_id = stadium.id, relationship: many_to_one}
    never:
      - columns: [stadium.capacity]
        topics: [capacity]
        answer: The capacity is not public.
"""
SOURCE: dict[str, Any] = {"schema": {"source": "concerts"}}
QUESTION = "How many early shows had each venue?"
QUERY = "SELECT stadium.name, MEASURE(early_shows) AS n FROM concert JOIN stadium ON concert.stadium_id = stadium.id GROUP BY stadium.name"
SENTENCE = "early shows as Booking defines it (meanings.yaml:5)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("meanings")


@pytest.fixture(scope="module")
def portal(portal_files: Portal, folder: Path) -> Iterator[Portal]:
    (folder / "meanings.yaml").write_text(MEANINGS)
    portal = workflow_portal(portal_files, folder, "uvicorn", SOURCES)
    lines = portal.manage("shell", "-v0", "-c", TOKENS).stdout.split()
    portal.tokens = {**portal.tokens, **dict(zip(lines[::2], lines[1::2], strict=True))}
    yield portal
    portal.stop()


def test_a_prompt_has_the_measure_and_the_answer_cites_it(
    portal: Portal, fake: FakeProvider
) -> None:
    says(fake, QUERY)
    answer = build(portal, question=QUESTION, model="fake:talker", **SOURCE)
    prompt = fake.posts[0].body["messages"][1]["content"]
    assert (
        "-- MEASURE(early_shows) is COUNT(concert.id) for rows where concert.year < 2015" in prompt
    )
    assert "capacity" not in prompt
    assert answer["valid"], answer["issues"]
    assert answer["sql_preview"]["sql"].count("FILTER") == 1
    (cited,) = answer["meanings"]
    assert cited["text"] == SENTENCE
    assert (cited["kind"], cited["owner"], cited["place"]) == (
        "measure",
        "Booking",
        "meanings.yaml:5",
    )


def test_a_query_expression_of_a_request_may_name_them(portal: Portal) -> None:
    venue = {"dimension": "venue"}
    query = {"select": [{"expr": venue}, {"expr": {"measure": "early_shows"}}], "group_by": [venue]}
    answer = sql(portal, ir={"query": query}, mode="compile", **SOURCE)
    assert answer["valid"], answer["issues"]
    assert answer["tables"] == ["concert", "stadium"]
    assert answer["meanings"][0]["text"] == SENTENCE


def test_a_model_that_repeats_rows_is_told_the_place(portal: Portal, fake: FakeProvider) -> None:
    repeated = "SELECT COUNT(stadium.id), SUM(stadium.id) FROM concert JOIN stadium ON concert.stadium_id = stadium.id"
    says(fake, repeated, QUERY)
    answer = build(portal, question=QUESTION, model="fake:talker", **SOURCE)
    assert answer["valid"]
    assert "The join is declared in meanings.yaml:13." in str(fake.posts[1].body["messages"])


def test_what_must_not_be_asked_is_answered_without_a_model(
    portal: Portal, fake: FakeProvider
) -> None:
    answer = build(portal, question="Which capacity has the Hall?", **SOURCE)
    assert answer["outcome"] == "unanswerable"
    assert answer["unanswerable"] == "The capacity is not public. (meanings.yaml:15)"
    assert not fake.posts
    hidden = sql(portal, ir={"query": {"from": {"table": "stadium"}, "select": [{"expr": {"star": True}}]}},
                 mode="compile", **SOURCE)  # fmt: skip
    assert hidden["columns"] == ["id", "name"]


def asked(portal: Portal, fake: FakeProvider) -> tuple[str, int]:
    """Ask on the page; return its events, and the number of the inquiry."""
    says(fake, QUERY, QUERY)
    ask = {"question": QUESTION, "dialect": "sqlite", "chat": "fake:talker", "sql": "fake:scribe"}
    events = portal.post("/workflow/ask", {**ask, **SOURCE}).text
    return events, int(events.split('"inquiry":')[-1].split(",")[0].strip(" }\n"))


def test_the_page_says_which_meaning_it_used_and_keeps_it(
    portal: Portal, fake: FakeProvider
) -> None:
    events, number = asked(portal, fake)
    assert SENTENCE in events
    assert "has another calculation" not in events
    opened = portal.sign_in("ann").get(f"{portal.url}/workflow/{number}", timeout=30)
    assert SENTENCE in opened.text


def test_the_page_doubts_an_edit_that_leaves_the_measure_out(
    portal: Portal, fake: FakeProvider
) -> None:
    _, number = asked(portal, fake)
    edit = {"what": "sql", "dialect": "sqlite", "inquiry": number, **SOURCE}
    doubt = "“early shows”, which meanings.yaml:5 defines. The query has another calculation."
    for text, doubted in (("SELECT COUNT(*) AS n FROM concert", True), (QUERY, False)):
        answer = portal.post("/workflow/edit", {**edit, "text": text}).json()
        assert (doubt in answer["html"], answer["valid"]) == (doubted, True)
        opened = portal.sign_in("ann").get(f"{portal.url}/workflow/{number}", timeout=30)
        assert (doubt in opened.text, SENTENCE in opened.text) == (doubted, not doubted)


def test_the_page_doubts_a_query_without_the_measure_that_was_asked_for(
    portal: Portal, fake: FakeProvider
) -> None:
    says(fake, *["SELECT COUNT(*) AS n FROM concert"] * 2)
    ask = {
        "question": "Wie viele frühe Konzerte gab es?",
        "dialect": "sqlite",
        "chat": "fake:talker",
        "sql": "fake:scribe",
    }
    events = portal.post("/workflow/ask", {**ask, **SOURCE}).text
    assert "which meanings.yaml:5 defines" in events


def test_the_command_prints_the_same_sentence(portal: Portal, fake: FakeProvider) -> None:
    says(fake, QUERY)
    asked = portal.manage("sql", "ask", QUESTION, "--source", "concerts", "--model", "fake:talker")
    assert json.loads(asked.stdout)["meanings"][0]["text"] == SENTENCE


async def test_agents_get_the_same_sentence(portal: Portal) -> None:
    judged = await call(portal, "check_sql", sql=QUERY, source="concerts")
    assert judged["meanings"][0]["text"] == SENTENCE


def test_an_edit_of_the_file_is_used_without_a_restart(portal: Portal, folder: Path) -> None:
    (folder / "meanings.yaml").write_text(MEANINGS.replace("Booking", "Finance"))
    query = {"select": [{"expr": {"measure": "early_shows"}}]}

    def owner() -> str:
        answer = sql(portal, ir={"query": query}, mode="compile", **SOURCE)
        return str(answer["meanings"][0]["owner"])

    until(lambda: owner() == "Finance", 30)
    (folder / "meanings.yaml").write_text(MEANINGS)
    until(lambda: owner() == "Booking", 30)
