"""What operators type: commands without a portal's variables, backups, and settings with mistakes."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from aimodels.environment import Env
from tests.support.portal import Portal
from tests.support.servers.databases import POSTGRES

MODELS = """
models:
  openai:
    endpoint: https://x/v1
    registry:
      a: {capabilities: [chat]}
"""
SOURCES = "sources: {sales: {url: '${SALES}', groups: [a], tables: [t]}}"


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a portal that was set up and does not run."""
    folder = tmp_path_factory.mktemp("idle")
    (folder / "models.yaml").write_text(MODELS)
    Portal(folder / "var", folder / "models.yaml").manage("migrate", "-v0")
    return folder


@pytest.fixture
def idle(migrated: Path, tmp_path: Path) -> Portal:
    """A portal that was set up and does not run."""
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    return Portal(tmp_path / "var", tmp_path / "models.yaml")


def refused(portal: Portal, *arguments: str, **variables: str) -> str:
    portal.variables.update(variables)
    done = portal.manage(*arguments, check=False)
    assert done.returncode
    return done.stderr + done.stdout


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("bool", "enabled", "write 1 or 0."),
        ("bool", "2", "write 1 or 0."),
        ("int", "abc", "write a whole number."),
        ("float", "fast", "write a number."),
        ("json", "staff", "write JSON, such as"),
    ],
)
def test_a_setting_with_a_mistake_says_what_is_valid(
    monkeypatch: pytest.MonkeyPatch, kind: str, value: str, said: str
) -> None:
    monkeypatch.setenv("SETTING_OF_TESTS", value)
    with pytest.raises(ImproperlyConfigured) as caught:
        getattr(Env(), kind)("SETTING_OF_TESTS", default=None)
    assert str(caught.value).startswith(f"The variable SETTING_OF_TESTS is not valid: {said}")


@pytest.mark.parametrize("value", ["", "0", "no", "Off", "false", "1", "TRUE", "yes", "on"])
def test_the_words_of_a_switch(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SETTING_OF_TESTS", value)
    assert Env().bool("SETTING_OF_TESTS") == (value.lower() in ("1", "true", "yes", "on"))


def test_a_start_with_a_mistake_is_one_sentence(idle: Portal) -> None:
    said = refused(idle, "check", SECOND_FACTOR="enabled")
    assert said.strip() == "The variable SECOND_FACTOR is not valid: write 1 or 0."


@pytest.mark.skipif(bool(POSTGRES), reason="`backup` copies files of SQLite")
def test_a_backup_is_whole_and_only_its_owners(idle: Portal, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    idle.manage("backup", str(copy))
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with sqlite3.connect(copy) as database:
        assert database.execute("SELECT count(*) FROM django_migrations").fetchone()[0] > 10
    assert "Name a file that does not exist" in refused(idle, "backup", str(copy))


@pytest.mark.skipif(bool(POSTGRES), reason="`backup` copies files of SQLite")
def test_a_backup_of_no_database_fails_and_leaves_nothing(idle: Portal, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    elsewhere = tmp_path / "elsewhere"
    said = refused(idle, "backup", str(copy), VAR_DIR=str(elsewhere))
    assert f"The database {elsewhere}/db.sqlite3 cannot be copied" in said
    assert not copy.exists()
    assert not (elsewhere / "db.sqlite3").exists()
    said = refused(idle, "sign_in_link", "ann")
    assert f"The database {elsewhere}/db.sqlite3 is not ready" in said
    assert "DATABASE_URL or VAR_DIR" in said


def test_the_first_administrator_is_named(idle: Portal) -> None:
    assert "createsuperuser` creates an administrator" in refused(idle, "sign_in_link", "ann")


def test_a_name_that_is_not_there_is_no_success(idle: Portal) -> None:
    assert "No one is called zoe" in refused(idle, "sign_in_unlock", "zoe")
    assert "no failures" in idle.manage("sign_in_unlock", "192.0.2.7").stdout


def test_an_erasure_without_a_terminal_says_how(idle: Portal) -> None:
    idle.manage("create_token", "ann")
    assert "There is no terminal to ask at. Add --yes." in refused(idle, "people", "erase", "ann")
    assert "stays" not in idle.manage("people", "erase", "ann", "--yes").stdout


def test_an_address_with_a_network_is_not_taken_for_the_network(idle: Portal) -> None:
    said = refused(idle, "create_token", "ann", "--addresses", "10.0.0.5/8")
    assert "Write 10.0.0.0/8 for all of it" in said
    idle.manage("create_token", "ann", "--addresses", "10.0.0.0/8", "2001:db8::/32", "::1")


def test_data_sources_are_checked_before_a_start(idle: Portal, tmp_path: Path) -> None:
    idle.variables["SOURCES_FILE"] = str(tmp_path / "sources.yaml")
    (tmp_path / "sources.yaml").write_text(SOURCES)
    assert "sources.yaml:1:24  The variable SALES is not set." in refused(idle, "check")
    sqlite3.connect(tmp_path / "sales.db").execute("CREATE TABLE other (id)").connection.close()
    idle.variables["SALES"] = f"sqlite:///{tmp_path}/sales.db"
    assert "no issues" in idle.manage("check").stdout
    assert "There is no table or view 't'" in refused(idle, "check", "--deploy")
    idle.variables["SALES"] = f"sqlite:///{tmp_path}/gone.db"
    assert "sales: It cannot be reached now" in idle.manage("check", "--deploy").stderr
