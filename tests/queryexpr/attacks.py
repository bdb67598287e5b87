"""Attacks, and how to tell whether one came through, without any parser of ours."""

from __future__ import annotations

import re
from typing import Any

import yaml

from queryexpr.gate import engine
from tests.support.paths import ROOT

CORPUS = yaml.safe_load((ROOT / "tests/data/attacks.yaml").read_text())
SCHEMA = CORPUS["schema"]
USERS = {"from": {"table": "users"}}

ATTACKS = [(kind, *attack) for kind, attacks in CORPUS["sql"].items() for attack in attacks]
SPELLINGS = [row for row in ATTACKS if row[0] == "words that a server reads otherwise"]
DOCUMENTS = [
    *([target, {"query": {**USERS, "select": [{"expr": value}]}}, payload]
      for target, value, payload in CORPUS["values"]),
    *CORPUS["documents"],
]  # fmt: skip


# ── How servers read, without any parser of ours ────────────────────────────────────────────

_PLAIN, _BACKSLASH = r"'(?:[^']|'')*'", r"'(?:[^'\\]|\\.|'')*'"
_NAME, _TICKED = r'"(?:[^"]|"")*"', r"`(?:[^`]|``)*`"
QUOTES = {
    "sqlite": (_PLAIN, _NAME), "postgres": (_PLAIN, _NAME), "duckdb": (_PLAIN, _NAME),
    "oracle": (_PLAIN, _NAME), "snowflake": (_BACKSLASH, _NAME),
    "mysql": (_BACKSLASH, r'"(?:[^"\\]|\\.|"")*"', _TICKED),
    "tsql": (_PLAIN, _NAME, r"\[(?:[^\]]|\]\])*\]"),
    "bigquery": (r"'(?:[^'\\]|\\.)*'", r'"(?:[^"\\]|\\.)*"', r"`(?:[^`\\]|\\.)*`"),
}  # fmt: skip


def bare(sql: str, dialect: str) -> str:
    """What is outside of the quotes, as the server of `dialect` reads them."""
    return re.sub("|".join(QUOTES[dialect]), "Q", sql, flags=re.DOTALL)


def is_clean(sql: str, dialect: str) -> bool:
    """Is it one statement with neither comments, nor a quote that is not closed?"""
    marks = r";|--|/\*|'|\"|`|\0" + (r"|#" if dialect in ("mysql", "bigquery") else "")
    return not re.search(marks, bare(sql, dialect))


def judged(sql: str, dialect: str, target: str = "", schema: Any = SCHEMA) -> dict[str, Any]:
    arguments = {"sql": sql, "source": dialect, "target": target or dialect, "schema": schema}
    return engine.run("sql", arguments)


def ir_judged(document: Any, target: str, schema: Any = SCHEMA) -> dict[str, Any]:
    return engine.run("ir", {"ir": document, "target": target, "schema": schema})


def is_refused(answer: dict[str, Any]) -> bool:
    """Does the answer have an error, and no SQL?"""
    if "refused" in answer:
        return bool(answer["refused"])
    wrong = any(issue["severity"] == "error" for issue in answer["issues"])
    assert wrong is not answer["valid"]
    return wrong and answer["sql"] is None


def is_dead(answer: dict[str, Any], dialect: str, payload: str) -> bool:
    sql = answer["sql"]
    found = re.search(payload, bare(sql, dialect), re.IGNORECASE)
    return found is None and is_clean(sql, dialect)


def is_fixed(answer: dict[str, Any], dialect: str, schema: Any = SCHEMA) -> bool:
    """Does the gate take its own SQL, and return the same?"""
    again = judged(answer["sql"], dialect, schema=schema)
    return bool(again.get("valid")) and again["sql"] == answer["sql"]
