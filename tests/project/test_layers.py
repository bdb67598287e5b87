"""Which module may import which. The contracts are in pyproject.toml; import-linter checks them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.support.paths import ROOT

APPS = [
    "core",
    "queryexpr",
    "registry",
    "chat",
    "doors",
    "workflow",
    "accounts",
    "sharing",
    "ledger",
    "alerts",
    "aimodels",
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project's Python files, to put wrong imports into."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for app in APPS:
        ignore = shutil.ignore_patterns("__pycache__", "*.html")
        shutil.copytree(ROOT / app, folder / app, ignore=ignore)
    return folder


def broken_contracts(project: Path) -> list[str]:
    """Return the names of the contracts that import-linter finds broken."""
    program = (
        "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=project, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    return re.findall(r"^(.+) BROKEN", done.stdout, re.MULTILINE)


def test_the_contracts_are_kept(project: Path) -> None:
    assert broken_contracts(project) == []


@pytest.mark.parametrize(
    ("module", "imported", "contract"),
    [
        ("core/text.py", "registry.model_id", "aimodels → doors | sharing | alerts → chat | workflow | accounts | ledger → registry → core"),
        ("chat/frames.py", "workflow.bodies", "aimodels → doors | sharing | alerts → chat | workflow | accounts | ledger → registry → core"),
        ("registry/checks.py", "chat.frames", "aimodels → doors | sharing | alerts → chat | workflow | accounts | ledger → registry → core"),
        ("queryexpr/issues.py", "core.text", "queryexpr imports no other package of the portal"),
        ("queryexpr/gate/engine.py", "registry.model_id", "queryexpr imports no other package of the portal"),
        ("chat/context.py", "queryexpr.issues", "Only workflow imports queryexpr"),
        ("workflow/views.py", "queryexpr.lift.lift", "Other packages import only the public names of queryexpr"),
        ("workflow/service.py", "queryexpr.gate.judge", "Other packages import only the public names of queryexpr"),
        ("queryexpr/check/scope.py", "queryexpr.lint.lint", "The rooms of queryexpr"),
        ("queryexpr/lift/reader.py", "queryexpr.schema.catalogue", "The rooms of queryexpr"),
        ("registry/providers/wire.py", "registry.snapshot", "The rooms of registry"),
        ("registry/store/memory.py", "registry.state.service", "The rooms of registry"),
        ("chat/frames.py", "chat.consumers", "No circles between the modules of a folder"),
        ("queryexpr/check/scope.py", "queryexpr.check.check", "No circles between the modules of a folder"),
        ("registry/config/rules/names.py", "django.conf", "Modules with rules do no input or output"),
        ("registry/providers/openai/__init__.py", "asyncio", "Modules with rules do no input or output"),
        ("queryexpr/lift/reader.py", "socket", "Modules with rules do no input or output"),
        ("registry/gateway/client.py", "httptools", "Only the transport speaks HTTP to providers"),
        ("workflow/service.py", "requests", "Only the transport speaks HTTP to providers"),
    ],
)  # fmt: skip
def test_a_forbidden_import_breaks_its_contract(
    project: Path, module: str, imported: str, contract: str
) -> None:
    path = project / module
    source = path.read_text()
    path.write_text(f"{source}\n\ndef added() -> None:\n    import {imported}\n")
    try:
        assert contract in broken_contracts(project)
    finally:
        path.write_text(source)


def test_a_portal_starts_without_a_sql_parser_and_a_server_for_agents() -> None:
    """The gate's workers have the parser: it takes memory, and it parses hostile text.

    The package for agents takes 30 MB and most of a second; the first of them imports it.
    """
    program = "import sys, aimodels.asgi; print(*sys.modules)"
    environment = {
        **os.environ, "SECRET_KEY": "x" * 50, "DJANGO_SETTINGS_MODULE": "aimodels.settings",
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True,
            env={**environment, "VAR_DIR": folder},
        )  # fmt: skip
    assert {"sqlglot", "mcp", "mcp_types", "starlette"}.isdisjoint(done.stdout.split())
    assert "doors.mcp.routing" in done.stdout.split()
    assert "workflow.routing" in done.stdout.split()
