from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_provider import FakeProvider
from tests.support.paths import ROOT
from tests.support.portal import FAKE_KEY, Portal
from tests.workflow.portal import COUNT, QUESTION, SCHEMA, WRONG, _workflow, says, works

__all__ = ["_workflow", "works"]


@pytest.fixture
def schema(tmp_path: Path) -> str:
    path = tmp_path / "schema.sql"
    path.write_text(SCHEMA)
    return str(path)


def run(portal: Portal, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "manage.py"), "sql", *arguments]
    return subprocess.run(
        command, env=portal.environment, input=given, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_sql_becomes_a_query_expression_and_back(works: Portal, schema: str) -> None:
    lifted = run(works, "lift", given="SELECT COUNT(*) AS n FROM concert WHERE year = 2014")
    assert json.loads(lifted.stdout)["query"] == COUNT
    compiled = run(works, "compile", "--dialect", "tsql", given=json.dumps({"query": COUNT}))
    assert "COUNT(*) AS n" in compiled.stdout


def test_check_names_place_and_remedy_and_exits_with_1(works: Portal, schema: str) -> None:
    done = run(works, "check", "--schema", schema, given="SELECT id,\n  nam FROM stadium")
    assert done.returncode == 1
    assert done.stdout.startswith("2:3  error:")
    assert "Did you mean 'name'?" in done.stdout


def test_check_shows_the_fix_of_an_issue(works: Portal, schema: str) -> None:
    given = "SELECT year, COUNT(*) FROM concert"
    done = run(works, "check", "--dialect", "postgres", "--schema", schema, given=given)
    fix = '{"op": "add", "path": "/query/group_by", "value": [{"column": "year"}]}'
    assert f"[group_by]\n  fix: {fix}\n" in done.stdout


def test_check_writes_what_passes_in_another_dialect(works: Portal, schema: str) -> None:
    given = "SELECT name FROM stadium LIMIT 3"
    done = run(works, "check", "--schema", schema, "--to", "mssql", given=given)
    assert (done.returncode, "TOP 3" in done.stdout) == (0, True)


ONE, OTHER = "SELECT id FROM stadium", "SELECT stadium_id FROM concert"


def test_compare_prints_the_world_that_tells_two_queries_apart(works: Portal, schema: str) -> None:
    done = run(works, "compare", "--schema", schema, ONE, OTHER)
    assert done.returncode == 0, done.stderr
    assert "\nstadium:\n  id\n" in done.stdout
    assert "\nthe first returns:\n  id\n" in done.stdout
    assert "\n* " in done.stdout, "a row of one result alone is marked"
    assert " small worlds in " in done.stdout
    printed = json.loads(run(works, "compare", "--schema", schema, "--json", ONE, OTHER).stdout)
    assert (printed["outcome"], len(printed["queries"])) == ("different", 2)


def test_compare_never_says_that_queries_are_equal(works: Portal, schema: str) -> None:
    again = "SELECT s.id FROM stadium s WHERE id IS NOT NULL"
    done = run(works, "compare", "--schema", schema, "--seconds", "0.5", ONE, again)
    assert done.stdout.startswith("No difference was found in ")
    done = run(works, "compare", "--schema", schema, ONE, "SELECT nme FROM stadium")
    assert (done.returncode, "Did you mean 'name'?" in done.stderr) == (1, True)


def test_roundtrip_reads_and_writes_a_line_each(works: Portal, schema: str) -> None:
    given = "SELECT name FROM stadium\n\nDROP TABLE stadium\nSELECT 'ü' FROM concert LIMIT 1\n"
    done = run(works, "roundtrip", "--dialect", "sqlite", "--schema", schema, given=given)
    assert done.returncode == 1
    assert run(works, "roundtrip", "--schema", schema, given="SELECT 1\n").returncode == 0
    first, second, third = lines(done.stdout)
    assert (first["ok"], second["ok"], third["ok"]) == (True, False, True)
    assert first["sql"].split() == ["SELECT", "name", "FROM", "stadium"]
    assert second["issues"][0]["code"] == "not_a_query"
    assert set(third) == {"ok", "ir", "sql", "issues"}


def test_ask_asks_the_default_model(works: Portal, fake: FakeProvider, schema: str) -> None:
    says(fake, {"query": WRONG}, {"query": COUNT})
    done = run(works, "ask", "--schema", schema, QUESTION)
    answer = json.loads(done.stdout)
    assert (answer["outcome"], answer["model"]) == ("ok", "fake:thinker")
    assert "attempt 2" in done.stderr


SERVED = """
models:
  defaults: {chat: "local:tiny"}
  local:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    api_key: ${LOCAL_API_KEY}
    serve: {package: none, file: none.gguf, context: 4096, slots: 1}
    registry: {tiny: {capabilities: [chat]}}
"""


def test_the_portal_is_asked_if_it_alone_has_the_models_key(
    own_portal: Portal, fake: FakeProvider, schema: str
) -> None:
    own_portal.models.write_text(SERVED)
    alone = run(own_portal, "ask", "--schema", schema, QUESTION)
    assert (alone.returncode, "No portal answers at" in alone.stderr) == (1, True)
    own_portal.variables["LOCAL_API_KEY"] = FAKE_KEY
    own_portal.start()
    del own_portal.variables["LOCAL_API_KEY"]
    says(fake, {"query": COUNT})
    done = run(own_portal, "ask", "--schema", schema, QUESTION)
    answer = json.loads(done.stdout)
    assert (answer["outcome"], answer["model"]) == ("ok", "local:tiny"), done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["lift", "--dialect", "cobol"], 2),
        (["check", "--schema", "/nowhere.sql"], 2),
        (["compile"], 2),
        (["ask", "--schema", "SCHEMA", "--model", "nobody:x", "?"], 1),
    ],
)
def test_a_wrong_call_says_so(works: Portal, schema: str, arguments: list[str], code: int) -> None:
    given = [schema if argument == "SCHEMA" else argument for argument in arguments]
    done = run(works, *given)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
