"""Two queries for one question are compared on small worlds; doubts are said in the answer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.workflow.portal import (
    COUNT,
    QUESTION,
    SCHEMA,
    _workflow,
    build,
    says,
    sql,
    works,
)

__all__ = ["_workflow", "works"]
IR = {"query": COUNT}
TALKER = "fake:talker"
FROM_2014 = "SELECT COUNT(*) AS n FROM concert WHERE year >= 2014"
SPELLED = "SELECT COUNT(id) AS n FROM concert WHERE NOT (year < 2014 OR year > 2014)"


def compare(portal: Portal, one: Any, other: Any, **body: Any) -> dict[str, Any]:
    asked = {"one": one, "other": other, "schema": SCHEMA, "dialect": "sqlite", **body}
    answer = portal.post("/v1/sql/compare", asked)
    return dict(answer.json())


def run_on(world: list[dict[str, Any]], query: str) -> list[list[Any]]:
    """Return what a query returns on the tables of an answer."""
    with closing(sqlite3.connect(":memory:")) as database:
        for table in world:
            names, marks = ", ".join(table["columns"]), ", ".join("?" for _ in table["columns"])
            database.execute(f"CREATE TABLE {table['name']} ({names})")
            database.executemany(f"INSERT INTO {table['name']} VALUES ({marks})", table["rows"])
        return [list(row) for row in database.execute(query)]


def test_a_second_query_that_differs_has_an_example(works: Portal, fake: FakeProvider) -> None:
    says(fake, FROM_2014)
    answer = sql(works, question=QUESTION, ir=IR, model="fake:scribe", written_by=TALKER)
    readings = answer["readings"]
    assert (readings["outcome"], answer["basis"], answer["agreement"]) == (
        "different", "single", "different",
    )  # fmt: skip
    assert answer["worlds"] == readings["worlds"] > 0
    first, second = readings["queries"]
    assert (first["label"], second["label"]) == (TALKER, "fake:scribe")
    assert (first["sql"], second["sql"]) == (answer["compiled_sql"], answer["sql"])
    assert first["rows"] != second["rows"]
    assert first["unmatched"] == second["unmatched"] == [0]
    assert "the first returns" in readings["sentence"].lower()
    for reading in (first, second):
        assert run_on(readings["tables"], reading["sql"]) == reading["rows"]


def test_two_models_whose_queries_no_world_tells_apart_are_compared(
    works: Portal, fake: FakeProvider
) -> None:
    says(fake, SPELLED)
    answer = sql(works, question=QUESTION, ir=IR, model="fake:scribe", written_by=TALKER)
    assert (answer["agreement"], answer["basis"]) == ("different", "compared")
    assert answer["readings"]["outcome"] == "no_difference_found"
    assert answer["worlds"] >= 100
    assert answer["readings"]["sentence"].startswith("No difference was found in ")
    assert "equal" not in answer["readings"]["sentence"]
    assert answer["readings"]["seconds"] < 3


@pytest.mark.parametrize(
    ("model", "written_by", "basis"),
    [(TALKER, TALKER, "single"), ("fake:scribe", None, "single"), ("fake:pupil", TALKER, "single")],
    ids=["one model", "an author that is not known", "a model that knows the first query"],
)
def test_what_no_world_tells_apart_is_compared_only_for_two_models(
    works: Portal, fake: FakeProvider, model: str, written_by: str | None, basis: str
) -> None:
    says(fake, SPELLED)
    answer = sql(works, question=QUESTION, ir=IR, model=model, written_by=written_by)
    assert (answer["basis"], answer["readings"]["outcome"]) == (basis, "no_difference_found")


@pytest.mark.parametrize(
    ("model", "written_by", "reply"),
    [
        ("fake:toy", TALKER, FROM_2014),
        ("fake:scribe", "fake:toy", FROM_2014),
        ("fake:scribe", TALKER, "SELECT COUNT(*) AS n FROM concert WHERE year = 2014"),
        ("fake:scribe", TALKER, "I do not know."),
    ],
    ids=["a demo model", "of a demo model", "the same query", "no second query"],
)
def test_there_is_a_search_only_for_two_queries_of_real_models(
    works: Portal, fake: FakeProvider, model: str, written_by: str, reply: str
) -> None:
    says(fake, reply)
    answer = sql(works, question=QUESTION, ir=IR, model=model, written_by=written_by, repairs=0)
    assert answer["valid"]
    assert (answer["readings"], answer["worlds"]) == (None, None)


@pytest.mark.parametrize("dialect", ["postgres", "tsql", "duckdb"])
def test_two_queries_are_compared_in_each_dialect(works: Portal, dialect: str) -> None:
    found = compare(works, "SELECT name FROM stadium", "SELECT DISTINCT name FROM stadium",
                    dialect=dialect)  # fmt: skip
    assert (found["outcome"], found["engine"] != "") == ("different", True), found


def test_a_query_expression_is_compared_with_sql(works: Portal) -> None:
    found = compare(works, IR, FROM_2014)
    assert found["outcome"] == "different"
    assert [reading["label"] for reading in found["queries"]] == ["one", "other"]
    assert "year = 2014" in found["queries"][0]["sql"]


def test_a_query_that_is_not_valid_is_named(works: Portal) -> None:
    for one, other, param in (("SELECT nme FROM stadium", FROM_2014, "one"),
                              (FROM_2014, "DELETE FROM stadium", "other"),
                              (FROM_2014, {"query": {}}, "other")):  # fmt: skip
        error = compare(works, one, other)["error"]
        assert (error["code"], error["param"]) == ("invalid_request", param)
    assert "Did you mean 'name'? (line 1, column 8)" in compare(
        works, "SELECT nme FROM stadium", FROM_2014
    )["error"]["message"]  # fmt: skip


def test_what_is_not_searched_is_said(works: Portal) -> None:
    found = compare(works, FROM_2014, FROM_2014)
    assert (found["outcome"], found["sentence"]) == ("not_searched", "Both are the same SQL.")


def test_a_source_that_one_may_not_see_is_not_compared_on(works: Portal) -> None:
    body = {"one": "SELECT 1", "other": "SELECT 2", "schema": {"source": "concerts"}}
    assert works.post("/v1/sql/compare", body, who="olga").status_code == 404
    assert works.post("/v1/sql/compare", body, who="ann").status_code == 200


def test_doubts_are_in_the_answer(works: Portal, fake: FakeProvider) -> None:
    ask = "What is the average capacity of stadiums in Berlin with concerts of 2014?"
    says(fake, "SELECT SUM(s.capacity) FROM stadium s JOIN concert c ON c.stadium_id = s.id")
    doubts = build(works, model=TALKER, question=ask)["doubts"]
    assert [(one["kind"], one["words"]) for one in doubts] == [
        ("number", "2014"), ("word", "Berlin"), ("word", "average"), ("join", ""),
    ]  # fmt: skip
    assert doubts[0]["sentence"] == "Your question has the number 2014. The query does not."
    assert "several times" in doubts[3]["sentence"]
    assert doubts[3]["place"].startswith("/query/select/0")


def test_a_demonstration_model_is_a_doubt(works: Portal, fake: FakeProvider) -> None:
    says(fake, FROM_2014, FROM_2014)
    for answer in (build(works, model="fake:toy"), sql(works, question=QUESTION, model="fake:toy")):
        (doubt,) = answer["doubts"]
        assert (doubt["kind"], "toy" in doubt["sentence"]) == ("demo", True)


def test_without_a_question_only_the_query_is_doubted(works: Portal) -> None:
    assert sql(works, ir=IR, mode="compile")["doubts"] == []


def test_a_table_that_a_key_refers_to_is_not_missed(works: Portal, fake: FakeProvider) -> None:
    says(fake, "SELECT stadium_id, COUNT(*) FROM concert GROUP BY stadium_id",
         "SELECT COUNT(*) FROM stadium")  # fmt: skip
    assert build(works, model=TALKER, question="Count by stadium")["doubts"] == []
    (doubt,) = build(works, model=TALKER, question="How many concerts?")["doubts"]
    assert (doubt["kind"], doubt["words"]) == ("table", "concert")
