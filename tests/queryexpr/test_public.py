"""What other programs import from the library, and what an import loads."""

from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys

import pytest

import queryexpr
from tests.support.paths import ROOT

FUNCTIONS = ["check", "compile", "explain", "judge", "lift", "lint"]
FOLDERS = ["check", "explain", "lift", "lint"]  # with names of functions
FOREIGN = ["accounts", "aimodels", "asyncio", "chat", "core", "django", "registry", "workflow"]


def loaded(program: str) -> set[str]:
    """Run a program in a process without Django. Return the top modules that it loaded."""
    program += "\nimport json, sys; print(json.dumps([*sys.modules]))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)  # fmt: skip
    return {name.partition(".")[0] for name in json.loads(done.stdout)}


def test_the_example_of_the_library_runs():
    failed, attempted = doctest.testmod(queryexpr)
    assert attempted > 5
    assert failed == 0


def test_an_import_loads_neither_django_nor_the_portal():
    assert loaded("import queryexpr").isdisjoint([*FOREIGN, "pydantic", "sqlglot"])


def test_all_public_names_load_neither_django_nor_the_portal():
    modules = loaded("from queryexpr import *")
    assert {"pydantic", "sqlglot"} <= modules
    assert modules.isdisjoint(FOREIGN)


def test_the_worker_loads_neither_django_nor_the_portal():
    assert loaded("import queryexpr.gate.engine, queryexpr.gate.worker").isdisjoint(FOREIGN)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_function_keeps_its_name_after_the_import_of_its_folder(name):
    program = f"import queryexpr.{name}.{name}, queryexpr\nassert callable(queryexpr.{name})"
    assert "queryexpr" in loaded(program)


@pytest.mark.parametrize("name", queryexpr.__all__)
def test_each_public_name_exists(name):
    value = getattr(queryexpr, name)
    assert callable(value) or name == "DIALECTS"
    assert name not in FUNCTIONS or value.__doc__


def test_a_name_that_is_not_public_is_no_attribute():
    with pytest.raises(AttributeError, match="no attribute 'Linter'"):
        _ = queryexpr.Linter  # type: ignore[attr-defined]


def test_the_tests_of_the_library_import_nothing_of_the_portal():
    """So they run where only the library is."""
    pattern = re.compile(rf"^\s*(?:from|import) (?:tests\.)?(?:{'|'.join(FOREIGN)})\b", re.MULTILINE)  # fmt: skip
    files = [*(ROOT / "tests/queryexpr").rglob("*.py")]
    assert len(files) > 10
    assert [path.name for path in files if pattern.search(path.read_text())] == []
