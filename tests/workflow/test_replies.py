"""What a model's reply means."""

from __future__ import annotations

import pytest

from queryexpr import DIALECTS, judge
from queryexpr.issues import Issue
from workflow.pipeline.author import SQLAuthor, Style
from workflow.pipeline.repair import Task
from workflow.pipeline.replies import Query, Unanswerable, read_reply, read_sql
from workflow.pipeline.steps import Ask


def test_a_null_in_a_models_reply_means_that_a_key_is_not_used():
    reply = '{"query": {"where": null, "select": [{"expr": null, "as": null}]}}'
    assert read_reply(reply) == Query({"query": {"select": [{"expr": None}]}})


def first_query(text: str) -> str:
    """The first reading of a reply that a parser takes, as the pipeline finds it."""
    readings = read_sql(text)
    assert not isinstance(readings, Unanswerable)
    taken = (sql for sql in readings if judge(sql, DIALECTS["sqlite"]).valid)
    return next(taken, "")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT id FROM emp",
        "Here is the SQL query with the ids:\nSELECT id FROM emp",
        "With your schema, select statements work:\n\nSELECT id FROM emp;",
        "SELECT id FROM emp;\n\nThis query returns all ids.",
        "SELECT id FROM emp\n\nThis query selects all ids with their rows.",
        '{"sql": "SELECT id FROM emp"}',
        'Sure! {"query": "SELECT id FROM emp;", "why": "it selects all"}',
        "```sql\nSELECT id FROM emp;\n```\nThis does it.",
        "~~~sql\nSELECT id FROM emp\n~~~\nIt selects all.",
        "Sure: <sql>\nSELECT id FROM emp;\n</sql> It is short.",
        "<SQL>SELECT id FROM emp</SQL>",
        '{"answer": {"sql": "SELECT id FROM emp"}}',
        '{"result": [{"sql": "SELECT id FROM emp"}], "with": "all"}',
        "```\nHere with care: SELECT id FROM emp\n```",
        "```sql SELECT id FROM emp ```",
        "The query is `SELECT id FROM emp`. It is short.",
        "Sorry for that. You can use SELECT id FROM emp.",
        "SELECT nothing FROM thoughts</think>\nSELECT id FROM emp",
    ],
)
def test_sql_is_found_in_prose(text):
    assert first_query(text) == "SELECT id FROM emp"


def test_sql_that_begins_with_a_name_is_found():
    text = "With that: WITH a AS (SELECT id FROM emp) SELECT id FROM a;\nDone with it."
    assert first_query(text) == "WITH a AS (SELECT id FROM emp) SELECT id FROM a"


@pytest.mark.parametrize("text", ["SELECT 1; DELETE FROM emp", "SELECT 1;\nDROP TABLE emp;"])
def test_a_second_statement_is_not_cut_off(text):
    assert first_query(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "SELECT name FROM emp WHERE pay > SELECT AVG(pay) FROM emp",
        "SELECT name FROM emp\nWHERE pay > ALL\nSELECT pay FROM emp",
        "WITH a AS (SELECT 1 AS x)) SELECT id FROM emp",
        "SELECT name FROM emp\n\nWHERE pay >> > 5",
        "SELECT name FROM emp; WHERE pay > 5",
        "SELECT id FROM emp; SELECT name FROM emp",
        "SELECT id FROM emp;\n\nSELECT name FROM emp;",
    ],
)
def test_a_part_of_a_query_is_no_query(text):
    assert first_query(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "I cannot answer with the given schema.",
        "There are no orders, so you can't select anything from it",
        "I cannot answer; you would have to select data from another table.",
        "Sorry, I can't do that with these tables.",
        "It is not possible to select this.",
    ],
)
def test_a_refusal_in_words_is_unanswerable(text):
    assert isinstance(read_sql(text), Unanswerable)


def test_a_write_is_returned_for_the_gate_to_refuse():
    assert read_sql("DELETE FROM emp;") == ("DELETE FROM emp",)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE x AS SELECT id FROM emp",
        "INSERT INTO x SELECT id FROM emp",
        "CREATE OR REPLACE VIEW x AS SELECT id FROM emp",
    ],
)
@pytest.mark.parametrize("form", ["{}", "{};", "```sql\n{};\n```", "Here:\n```\n{}\n```"])
def test_the_query_inside_of_a_write_is_not_taken_out(sql, form):
    assert read_sql(form.format(sql)) == (sql,)


@pytest.mark.parametrize("text", ["", "Hello", "1234"])
def test_other_text_has_no_sql(text):
    assert read_sql(text) == ()


def test_an_error_of_several_lines_stays_a_comment():
    author = SQLAuthor(Task("Who?", "", "sqlite", "SQLite"), Style(prompt="Q", raw=True))
    again = author.again(Ask(prompt="Q"), "", (Issue("spelling", "So:\nSELECT 1"),))
    assert again.prompt == "Q\n-- Mistake before: So: SELECT 1\n"
