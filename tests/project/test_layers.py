"""What may import what: the flow goes one way."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.support.paths import ROOT

FRAMEWORKS = {"django", "rest_framework", "channels", "daphne", "aiohttp", "requests", "asyncio",
              "uvicorn", "knox", "prometheus_client", "drf_spectacular"}  # fmt: skip
ROOMS = ["build", "check", "clauses", "dialects", "document", "explain", "lift", "lint", "schema"]
SOCKETS = {"connections", "protocol", "transport", "fetch"}
PURE_MODULES = [
    *("core/errors.py", "core/text.py", "core/strict_yaml.py"),
    *("registry/entities.py", "registry/snapshot.py", "registry/listing.py", "registry/diff.py"),
    *("registry/state/primaries.py", "workflow/pipeline/replies.py"),
]
PURE_FOLDERS = ["registry/config", "registry/providers", *("queryexpr/" + room for room in ROOMS)]
PURE = [
    *(ROOT / name for name in PURE_MODULES),
    *(path for folder in PURE_FOLDERS for path in (ROOT / folder).glob("[!_]*.py")),
]


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_the_core_imports_no_framework() -> None:
    """In a process of its own, so that what modules import in turn counts too."""
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in PURE]
    program = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {name.partition(".")[0] for name in done.stdout.split()} & FRAMEWORKS == set()
    assert "registry.snapshot" in done.stdout


@pytest.mark.parametrize("app", ["registry", "chat", "accounts", "workflow"])
def test_apps_import_the_registry_and_never_each_other(app: str) -> None:
    allowed = {"registry", app}
    for path in (ROOT / app).rglob("*.py"):
        tops = {name.partition(".")[0] for name in imports(path)}
        strangers = tops & {"registry", "chat", "accounts", "workflow"} - allowed
        assert not strangers, f"{path.name} imports {strangers}"


def test_only_the_transport_opens_sockets_to_providers() -> None:
    users = {path.stem for path in (ROOT / "registry").rglob("*.py")
             if {"aiohttp", "requests"} & imports(path)}  # fmt: skip
    assert users == SOCKETS | {"portal_client"}, "and commands, to the portal itself"


def test_the_portals_own_process_has_no_parser_of_sql() -> None:
    """The workers that check queries have it: it takes memory, and reads hostile text."""
    program = "import sys, aimodels.asgi; print(*sys.modules)"
    given = {**os.environ, "SECRET_KEY": "x" * 50, "DJANGO_SETTINGS_MODULE": "aimodels.settings"}
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True,
            env={**given, "VAR_DIR": folder},
        )  # fmt: skip
    assert "sqlglot" not in done.stdout.split()
    assert "workflow.routing" in done.stdout.split()
