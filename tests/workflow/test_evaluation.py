"""Our own questions: they have answers, and a model's are counted by their rows."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from queryexpr.dialects.sqlite import SQLITE
from queryexpr.gate.engine import answer
from queryexpr.gate.operations import check_sql
from registry.config.load import load_config
from registry.config.schema import Serve
from registry.snapshot.from_config import build as build_registry
from registry.weights.places import hash_of
from tests.support.fake_provider import FakeProvider
from tests.support.paths import ROOT
from tests.support.portal import Portal
from tests.workflow.portal import COUNT, _workflow, build, says, works
from workflow.evaluation.questions import Question, questions
from workflow.evaluation.results import best_way, digest_of
from workflow.evaluation.rows import run, same_rows
from workflow.pipeline.forms import Way

__all__ = ["_workflow", "works"]
BETTER_AT_IR = """
from registry.state.service import service
from workflow.evaluation.results import digest_of
from workflow.models import Evaluation
service.ensure_loaded()
found = service.current.resolve("chat", "fake:measured")
rest = {"model": found.id, "digest": digest_of(found), "wrong": 0, "seconds": 1}
Evaluation.objects.create(way="sql", right=10, refused=30, **rest)
Evaluation.objects.create(way="ir", right=14, refused=26, **rest)
"""
SERVED = """
models:
  house:
    api: openai
    endpoint: http://127.0.0.1:9/v1
    serve: {sources: [{file: a.gguf}], sha256: HASH, size: 1}
    registry: {coder: {capabilities: [sql]}}
"""
SHOP = questions().schemas["shop"]


@pytest.mark.parametrize("question", questions().questions, ids=lambda question: question.ask)
def test_each_question_has_sql_that_passes_the_gate_and_returns_rows(question: Question) -> None:
    data = questions().schemas[question.schema]
    if question.sql is not None:
        judgement = answer(check_sql(question.sql, SQLITE.name, SQLITE.name, data.ddl))
        assert judgement.valid, judgement.issues
        assert run(data, question.sql)
        assert same_rows(data, question.sql, judgement.sql or "", ordered=question.ordered)


def test_there_are_forty() -> None:
    assert len(questions().questions) == 40


@pytest.mark.parametrize(
    ("sql", "same"),
    [
        ("SELECT kind AS k, name FROM product", True),
        ("SELECT name, kind FROM product ORDER BY price", True),
        ("SELECT kind FROM product", False),
        ("SELECT kind, name FROM product WHERE id < 5", False),
        ("SELECT kind, name, price FROM product", False),
        ("SELECT nothing FROM product", False),
        ("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT COUNT(*) FROM c", False),
    ],
)  # fmt: skip
def test_answers_are_compared_by_their_rows(sql: str, same: bool) -> None:
    assert same_rows(SHOP, "SELECT kind, name FROM product", sql, ordered=False) == same


def test_where_order_counts_another_order_is_wrong() -> None:
    expected = "SELECT name FROM product ORDER BY price"
    assert not same_rows(SHOP, expected, "SELECT name FROM product", ordered=True)
    assert same_rows(SHOP, expected, f"{expected} ASC", ordered=True)


@pytest.mark.parametrize(
    ("rights", "way"),
    [
        ({}, "sql"),
        ({"sql": 20, "ir": 23}, "sql"),
        ({"sql": 20, "ir": 24}, "ir"),
        ({"sql": 20, "ir": 24, "examples": 25}, "examples"),
        ({"ir": 40}, "sql"),
    ],
)
def test_another_way_is_chosen_when_it_is_clearly_better(rights: dict[Way, int], way: Way) -> None:
    assert best_way(rights) == way


def evaluated(portal: Portal, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "manage.py"), "sql", "eval", *arguments]
    return subprocess.run(
        command, env=portal.environment, capture_output=True, text=True, timeout=200, check=False
    )


@pytest.mark.timeout(240)
def test_a_model_is_evaluated_and_its_result_kept(works: Portal, fake: FakeProvider) -> None:
    replies = [question.sql or "I do not know." for question in questions().questions]
    says(fake, "SELECT 1 AS x FROM customer", *replies[1:])
    done = evaluated(works, "--model", "fake:talker", "--way", "sql")
    assert done.returncode == 0, done.stderr
    score = json.loads(done.stdout)
    assert (score["model"], score["way"]) == ("fake:talker", "sql")
    assert (score["right"], score["wrong"], score["refused"]) == (39, 1, 0)
    assert "fake:talker is asked: sql" in done.stderr
    assert "How many customers are there?" in done.stderr
    page = works.sign_in("ann").get(f"{works.url}/models").text
    assert "Questions about data: as SQL 39 of 40 right, 1 wrong though valid." in page


def test_a_model_is_asked_as_it_was_measured_to_be_better(
    works: Portal, fake: FakeProvider
) -> None:
    says(fake, "SELECT COUNT(*) FROM concert", {"query": COUNT})
    assert build(works, model="fake:measured")["valid"]
    works.manage("shell", "-c", BETTER_AT_IR)
    assert build(works, model="fake:measured")["valid"]
    forms = [post.body.get("response_format", {}).get("type") for post in fake.posts]
    assert forms == [None, "json_schema"]


def test_an_unknown_model_is_refused(works: Portal) -> None:
    done = evaluated(works, "--model", "nowhere:x")
    assert done.returncode == 1
    assert "nowhere" in done.stderr


def test_a_result_counts_no_more_for_another_file() -> None:
    def digest(hash_: str) -> str:
        registry = build_registry(load_config(SERVED.replace("HASH", hash_ * 64).encode(), {}))
        return digest_of(registry.resolve("sql", "house:coder"))

    assert digest("a") == digest("a") != digest("b")


def test_a_package_is_known_by_the_hash_of_its_file() -> None:
    package = Serve(package="sqlglot", file="__init__.py")
    assert len(hash_of(package)) == len(hash_of(Serve(package="sqlglot", file="errors.py")))
    assert hash_of(package) != hash_of(Serve(package="sqlglot", file="errors.py")) != ""
    assert hash_of(Serve(package="no-such-package", file="a.gguf")) == ""
