"""
Does it help a model to say what words mean? Sixty questions about fifteen tables, asked with and
without meanings, values and confirmed questions, over the API of a portal that runs for it.

    python -m bench.meanings URL MODEL [--other MODEL] [--only CONDITION]…

URL is the address of an OpenAI-compatible server that has the model (its key is in MODEL_KEY), and
the other one, which then writes each query too: what both agree on is `compared`. Prints a table in
Markdown; each answer goes to standard error.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from bench.meanings.grade import is_right
from bench.meanings.outfitter import CONDITIONS, SCHEMA, Condition, portal_with
from bench.meanings.rows import make
from bench.meanings.table import Graded, lines
from tests.support.portal import Portal

FOLDER = Path(__file__).parent
HEAD = """| | questions | right (95 %) | wrong, `single` | wrong, `compared` | no query |
|---|---|---|---|---|---|"""
Question = dict[str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0] if __doc__ else "")
    parser.add_argument("url")
    parser.add_argument("model")
    parser.add_argument("--other", default="")
    parser.add_argument("--only", action="append", choices=[one.title for one in CONDITIONS])
    options = parser.parse_args()
    print(HEAD, flush=True)
    for condition in CONDITIONS:
        if not options.only or condition.title in options.only:
            answers = ask_all(condition, options)
            print("\n".join(lines(condition.title, answers)), flush=True)


def ask_all(condition: Condition, options: argparse.Namespace) -> list[Graded]:
    """Ask all questions of a portal that runs under a condition."""
    questions: list[Question] = yaml.safe_load((FOLDER / "questions.yaml").read_text())
    with tempfile.TemporaryDirectory(prefix="meanings-") as name:
        file = Path(name) / "outfitter.db"
        make(file)
        with portal_with(
            condition, Path(name), file, options.url, options.model, options.other
        ) as portal:
            return [graded(portal, file, one, options.other) for one in questions]


def graded(portal: Portal, file: Path, question: Question, other: str) -> Graded:
    """Ask one question, and see whether the rows are right."""
    sql, basis = ask(portal, question["ask"], other)
    right = bool(sql) and is_right(file, question["sql"], sql)
    answer = Graded(question["kind"], right, basis if sql else "", question["ask"], sql)
    word = "right" if right else "wrong" if sql else "none"
    print(f"{word:6}{answer.basis:10}{answer.ask}  {' '.join(sql.split())}", file=sys.stderr)
    return answer


def ask(portal: Portal, question: str, other: str) -> tuple[str, str]:
    """Return the SQL of a question, and its basis; both empty if there is none."""
    body: dict[str, Any] = {"question": question, "schema": SCHEMA}
    answer = _post(portal, "/v1/ir/build", body)
    sql, basis = (answer.get("sql_preview") or {}).get("sql", ""), answer.get("basis") or ""
    if not (other and sql and basis != "confirmed"):
        return sql, basis
    second = {
        **body,
        "ir": answer["ir"],
        "written_by": answer["resolution"]["id"],
        "model": f"asked:{other}",
        "mode": "auto",
    }
    compared = _post(portal, "/v1/sql", second)
    return sql, compared.get("basis") or basis


def _post(portal: Portal, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = portal.post(path, body, timeout=600)
    answer: dict[str, Any] = response.json()
    if not response.ok:
        sys.exit(f"{path} failed: {json.dumps(answer)[:600]}")
    return answer


if __name__ == "__main__":
    main()
