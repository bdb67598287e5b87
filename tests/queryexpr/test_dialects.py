"""A dialect is a row of data in a file: no other code names one, and the page on adding one works."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from sqlglot import exp

from queryexpr.build.templates import fill
from queryexpr.dialects.all import DIALECTS, NAMES, find_name
from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.operators import UNITS
from tests.support.paths import ROOT

WORDS = {*NAMES, *(alias for dialect in DIALECTS.values() for alias in dialect.aliases)}
FOLDERS = ("accounts", "aimodels", "bench", "chat", "core", "queryexpr", "registry", "scripts",
           "static", "templates", "workflow")  # fmt: skip
EXCEPTIONS = {
    "aimodels/management/commands/backup.py": "Django's names of databases",
    "aimodels/openapi/examples.py": "examples of requests",
    "core/personal_data/erasure.py": "Django's names of databases",
    "core/subprocesses.py": "Django's names of databases",
    "scripts/big_ledger/copies.py": "Django's names of databases",
    "scripts/big_ledger/pages.py": "Django's names of databases",
    "scripts/big_ledger/store.py": "Django's names of databases",
    "scripts/debian_packages.py": "packages of Debian",
    "scripts/with_postgres.py": "a program and a user of the system",
    "workflow/sources/own_database.py": "Django's names of databases",
    "workflow/sources/engines.py": "schemes of URLs, and packages",
    "workflow/sources/portal/source.py": "the kind of its own files",
}


def literals(path: Path) -> Iterator[str]:
    """Yield the texts in a file that are the name of a dialect, and nothing else."""
    text = path.read_text()
    if path.suffix == ".py":
        values = (
            node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)
        )
    else:
        values = (match[1] for match in re.finditer(r"""["'](\w+)["']""", text))
    yield from (value for value in values if isinstance(value, str) and value.lower() in WORDS)


def files_with_literals(root: Path) -> set[str]:
    """Return the files, outside of the dialects' own, that name a dialect."""
    paths = (path for folder in FOLDERS for path in (root / folder).rglob("*"))
    code = (path for path in paths if path.suffix in (".py", ".html", ".js"))
    names = {path.relative_to(root).as_posix() for path in code if any(literals(path))}
    return {name for name in names if not name.startswith("queryexpr/dialects/")}


def test_no_code_outside_of_its_file_names_a_dialect():
    assert files_with_literals(ROOT) == EXCEPTIONS.keys()


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("queryexpr/build/calls.py", 'if dialect.name == "mysql":\n    pass'),
        ("workflow/page/context.py", 'COLOURS = {"snowflake": "blue"}'),
        ("registry/checks.py", "if dialect in {'mssql', 'oracle'}:\n    pass"),
        ("static/workflow/edits.js", "if (dialect === 'duckdb') alert();"),
        ("templates/workflow/page.html", "{% if dialect == 'bigquery' %}!{% endif %}"),
    ],
)
def test_a_dialect_named_elsewhere_is_found(tmp_path, path, line):
    copy = tmp_path / path
    copy.parent.mkdir(parents=True)
    shutil.copy(ROOT / path, copy)
    assert files_with_literals(tmp_path) == set()
    copy.write_text(f"{copy.read_text()}\n{line}\n")
    assert files_with_literals(tmp_path) == {path}


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=NAMES)
def test_a_dialect_has_a_file_of_its_name(dialect):
    text = (ROOT / f"queryexpr/dialects/{dialect.name}.py").read_text()
    assert f"{dialect.name.upper()} = Dialect(" in text
    assert find_name(f" {dialect.name.upper()}") == dialect.name
    assert find_name(dialect.title) == dialect.name
    assert {find_name(alias) for alias in dialect.aliases} <= {dialect.name}


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=NAMES)
def test_the_page_on_sql_lists_the_names_of_a_dialect(dialect):
    page = (ROOT / "docs/sql.md").read_text()
    row = next(row for row in page.splitlines() if row.startswith(f"| `{dialect.name}` |"))
    assert dialect.title in row
    assert re.findall(r"`(\w+)`", row) == [dialect.name, *dialect.aliases]


def templates(dialect: Dialect) -> Iterator[tuple[str, str]]:
    for field in fields(Dialect):
        value = getattr(dialect, field.name)
        if isinstance(value, str) and "{" in value:
            yield field.name, value
        elif field.name in ("extract", "trunc", "add", "add_literal"):
            yield from ((f"{field.name} {unit}", text) for unit, text in (value or {}).items())


@pytest.mark.parametrize(
    ("dialect", "template"),
    [
        pytest.param(dialect, text, id=f"{name} {field}")
        for name, dialect in DIALECTS.items()
        for field, text in templates(dialect)
    ],
)
def test_every_template_is_sql_of_its_dialect(dialect, template):
    names = set(re.findall(r"\{(\w+)\}", template)) - {"unit", "UNIT", "sign", "amount"}
    values: dict[str, Any] = dict.fromkeys(names, exp.column("x"))
    tree = fill(template, dialect, unit="day", amount="7", **values)
    sql = tree.sql(dialect=dialect.name)
    assert "x" in sql or not names
    assert "p__" not in sql
    assert "{" not in sql


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=NAMES)
def test_templates_are_for_parts_of_dates_that_exist(dialect):
    for table in (dialect.extract, dialect.trunc or {}, dialect.add, dialect.add_literal):
        assert {key.removeprefix("time ") for key in table} <= {"", *UNITS}
    assert "" in dialect.add


def test_an_amount_stays_inside_its_quotes():
    sql = fill(
        DIALECTS["sqlite"].add_literal["day"], DIALECTS["sqlite"], unit="day",
        amount="1 day'); DROP TABLE t --", value=exp.column("x"),
    ).sql(dialect="sqlite")  # fmt: skip
    assert sql == "DATE(x, '+1 day''); DROP TABLE t -- days')"


def test_each_engine_binds_its_own_dialect_and_stands_in_for_others():
    own = {dialect.name for dialect in DIALECTS.values() if not dialect.stand_in}
    assert own == {dialect.engine for dialect in DIALECTS.values()}
    assert all(DIALECTS[name].engine == name for name in own)


# ── The page ────────────────────────────────────────────────────────────────────────────────

PAGE = ROOT / "docs/adding-a-dialect.md"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The library with a new dialect, added as the page says."""
    shutil.copytree(ROOT / "queryexpr", tmp_path / "queryexpr")
    row, line, _ = blocks("python")
    (tmp_path / "queryexpr/dialects/trino.py").write_text(row)
    listing = tmp_path / "queryexpr/dialects/all.py"
    text = (
        listing.read_text()
        .replace("\n_ALL = (", f"{line}\n_ALL = (")
        .replace("\n\nDEFAULT", "\n_ALL = (*_ALL, TRINO)\n\nDEFAULT")
    )
    listing.write_text(text)
    return tmp_path


def test_the_page_has_five_steps():
    steps = re.findall(r"^## (\d)\. ", PAGE.read_text(), re.MULTILINE)
    assert steps == ["1", "2", "3", "4", "5"]


def test_a_dialect_added_as_the_page_says_is_lifted_compiled_and_judged(house):
    *_, program = blocks("python")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=house, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout == blocks("text")[0]


def test_the_page_names_every_field_of_a_dialect():
    named = set(re.findall(r"`(\w+)`", PAGE.read_text()))
    assert {field.name for field in fields(Dialect)} <= named
