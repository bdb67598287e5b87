"""The SECRET_KEY that `init` and `start` write into .env."""

from __future__ import annotations

from pathlib import Path

import pytest

from aimodels.secret_key import ensure_secret_key


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)


def test_a_secret_key_is_written_once_and_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    ensure_secret_key(file)
    first = file.read_text()
    assert len(first) > 60
    assert file.stat().st_mode & 0o777 == 0o600
    ensure_secret_key(file)
    assert file.read_text() == first


def test_a_file_with_other_settings_is_kept(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("OPENAI_API_KEY=x\nSECRET_KEY=")
    ensure_secret_key(file)
    lines = file.read_text().splitlines()
    assert lines[0] == "OPENAI_API_KEY=x"
    assert lines[-1].startswith("SECRET_KEY=")
    assert len(lines[-1]) > 60


def test_no_secret_key_is_written_if_the_environment_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "given")
    ensure_secret_key(tmp_path / ".env")
    assert not (tmp_path / ".env").exists()
