"""What VAR_DIR has inside is for the portal's own user."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from aimodels.private_files import is_open_to_others, make_private
from tests.support.paths import ROOT
from tests.support.portal import Portal


@pytest.fixture(autouse=True)
def _own_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_commands_create_a_private_folder_and_database(tmp_path: Path) -> None:
    portal = Portal(tmp_path / "a/var", ROOT / "models.yaml")
    portal.manage("migrate", "-v0")
    assert mode(portal.folder) == 0o700
    files = [*portal.folder.glob("db.sqlite3*")]
    assert files
    assert {mode(file) for file in files} == {0o600}


def test_an_open_database_of_before_is_closed_to_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    file = tmp_path / "db.sqlite3"
    file.touch(0o644)
    assert is_open_to_others(file)
    make_private(tmp_path)
    assert (mode(tmp_path), mode(file)) == (0o700, 0o600)


def test_a_folder_that_is_not_the_portals_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "letter").touch(0o644)
    make_private(tmp_path)
    assert (mode(tmp_path), mode(tmp_path / "letter")) == (0o755, 0o644)
