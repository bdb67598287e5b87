"""`check --deploy`: silent after the steps of docs/deployment.md, and one warning for each fault."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from aimodels import checks
from queryexpr.gate import confinement
from tests.support.paths import ROOT
from tests.support.portal import Portal

MODELS = """
models:
  defaults: {chat: "openai:gpt-4o-mini"}
  openai:
    endpoint: https://api.openai.com/v1
    api_key: ${OPENAI_API_KEY}
    registry:
      gpt-4o-mini: {capabilities: [chat]}
"""
DOCUMENT = (ROOT / "docs/deployment.md").read_text()


def exported() -> dict[str, str]:
    """Return the variables that the page sets, with a value for each that it leaves open."""
    lines = re.findall(r"^export (.*)$", DOCUMENT, re.MULTILINE)
    pairs = [pair.split("=") for line in lines for pair in line.split()]
    assert pairs
    return {name: "K7-" + "xY3!z9" * 12 if value == "…" else value for name, value in pairs}


@pytest.mark.skipif(bool(confinement.missing()), reason="this kernel cannot confine")
def test_the_check_is_clean_after_the_pages_own_steps(tmp_path: Path) -> None:
    models = tmp_path / "models.yaml"
    models.write_text(MODELS)
    portal = Portal(tmp_path / "var", models, variables=exported())
    done = portal.manage("check", "--deploy", "--fail-level", "WARNING", check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def ids(found: Any) -> list[str]:
    return [message.id for message in found]


def test_an_open_folder_is_a_warning(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    tmp_path.chmod(0o700)
    assert ids(checks.check_private_files()) == []
    tmp_path.chmod(0o755)
    assert ids(checks.check_private_files()) == ["aimodels.W001"]


def test_other_machines_without_tls_are_a_warning(settings: Any) -> None:
    settings.TRUSTED_SCHEME_HEADER = ""
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    assert ids(checks.check_proxy()) == []
    settings.ALLOWED_HOSTS = ["ai.example.org"]
    assert ids(checks.check_proxy()) == ["aimodels.W002"]


def test_a_proxy_whose_callers_are_not_known_is_a_warning(settings: Any) -> None:
    settings.TRUSTED_SCHEME_HEADER = "X-Forwarded-Proto"
    settings.TRUSTED_ADDRESS_HEADER = ""
    assert ids(checks.check_proxy()) == ["aimodels.W003"]
    settings.TRUSTED_ADDRESS_HEADER = "X-Forwarded-For"
    assert ids(checks.check_proxy()) == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", []),
        ("redis://localhost:6379/0", []),
        ("redis://:secret@redis:6379/0", []),
        ("redis://redis:6379/0", ["aimodels.W004"]),
    ],
)
def test_redis_elsewhere_without_a_password_is_a_warning(
    settings: Any, url: str, expected: list[str]
) -> None:
    settings.REDIS_URL = url
    assert ids(checks.check_redis()) == expected
