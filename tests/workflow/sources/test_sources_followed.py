"""The file of data sources is followed while the portal runs."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from core.access import Access
from core.errors import ConfigError, PortalError
from tests.workflow.sources.asking import APPS, ann, asked
from workflow.meanings.current import CurrentMeanings
from workflow.sources import loaded
from workflow.sources.loaded import CurrentSources
from workflow.sources.reading import read_schema_of
from workflow.sources.schema import schema_of

__all__ = ["ann"]
pytestmark = pytest.mark.django_db(transaction=True, available_apps=APPS)
SLOW = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 4000000) SELECT COUNT(*) FROM c"
PAGE = "/admin/registry/sources/"
ANALYSTS = Access(frozenset({"analysts"}))


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    for name in ("one", "two"):
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as database:
            database.executescript(f"CREATE TABLE t ({name} TEXT); INSERT INTO t VALUES ('{name}')")
    settings.SOURCES_FILE = str(tmp_path / "sources.yaml")
    write(tmp_path, sales="one")
    loaded.current.forget()
    yield tmp_path
    loaded.current.forget()


def entry(folder: Path, name: str, database: str, more: str = "") -> str:
    url = f"sqlite:///{folder}/{database}.db"
    return f"  {name}: {{url: '{url}', groups: [analysts], tables: [t], run: true{more}}}\n"


def write(folder: Path, **sources: str) -> None:
    text = "".join(entry(folder, name, database) for name, database in sources.items())
    (folder / "sources.yaml").write_text(f"sources:\n{text}")


def look(current: CurrentSources) -> None:
    current.look()
    current.look()


def names(current: CurrentSources) -> list[str]:
    return [source.name for source in current.known.visible(ANALYSTS)]


def test_an_edit_is_used_once_two_checks_see_it(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    current = CurrentSources()
    assert names(current) == ["sales"]
    write(folder, sales="two", more="one")
    current.look()
    assert names(current) == ["sales"]
    with caplog.at_level(logging.INFO):
        current.look()
    assert names(current) == ["sales", "more"]
    assert "An edit of sources.yaml: added more; changed sales; revision" in caplog.text
    assert str(folder) not in caplog.text, "a place is a secret"


@pytest.mark.parametrize(
    ("edit", "mistake"),
    [
        ("sources:\n  sales: {url: 'sqlite:////x.db', gruops: [a], tables: [t]}\n", "sources.yaml:2:35  'gruops'"),
        ("sources: [", "sources.yaml:"),
        ("", "sources.yaml"),
        ("sources:\n  sales: {url: '${NOT_SET_HERE}', groups: [a], tables: [t]}\n", "The variable NOT_SET_HERE is not set"),
    ],
    ids=["a key", "yaml", "empty", "a variable"],
)  # fmt: skip
def test_a_bad_edit_changes_nothing_and_its_mistakes_are_placed(
    folder: Path, edit: str, mistake: str, caplog: pytest.LogCaptureFixture
) -> None:
    current = CurrentSources()
    before = current.known
    (folder / "sources.yaml").write_text(edit)
    look(current)
    look(current)
    assert current.known is before
    assert mistake in str(current.rejected)
    assert caplog.text.count("was not loaded") == 1
    write(folder, sales="one")
    look(current)
    assert current.rejected is None


def test_a_source_that_may_not_be_used_is_a_bad_edit(folder: Path) -> None:
    current = CurrentSources()
    before = current.known
    text = "sources:\n" + entry(folder, "sales", "one").replace("[t]", "[tt]")
    (folder / "sources.yaml").write_text(text)
    look(current)
    assert current.known is before
    assert str(current.rejected).startswith(
        "sources.yaml:2:3  sales: There is no table or view 'tt'."
    )
    assert str(folder) not in str(current.rejected)


def test_a_file_that_is_deleted_changes_nothing(folder: Path) -> None:
    current = CurrentSources()
    assert names(current) == ["sales"]
    (folder / "sources.yaml").unlink()
    look(current)
    assert names(current) == ["sales"]
    assert "There is no such file" in str(current.rejected)


def test_a_removed_source_is_not_there(folder: Path) -> None:
    current = CurrentSources()
    assert current.known.get("sales", ANALYSTS).name == "sales"
    write(folder, more="one")
    look(current)
    with pytest.raises(PortalError, match="There is no data source 'sales' for you"):
        current.known.get("sales", ANALYSTS)


def test_a_query_that_runs_ends_on_the_source_that_it_began_with(folder: Path, ann: User) -> None:
    old = loaded.sources().all["sales"]
    rows: list[Any] = []

    def run() -> None:
        rows.extend(asked(old, ann, f"SELECT one, ({SLOW}) FROM t", "t").rows)

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(0.2)
    write(folder, sales="two")
    look(loaded.current)
    new = loaded.sources().all["sales"]
    assert asked(new, ann, "SELECT two FROM t", "t").rows == (("two",),)
    thread.join(30)
    assert rows[0][0] == "one"


def test_the_schema_is_that_of_the_new_source_also_while_the_old_one_is_read(folder: Path) -> None:
    old = loaded.sources().all["sales"]
    write(folder, sales="two")
    look(loaded.current)
    new = loaded.sources().all["sales"]

    async def both() -> list[Any]:
        return [*await asyncio.gather(read_schema_of(old), read_schema_of(new))]

    columns = [known.document["tables"][0]["columns"][0]["name"] for known in asyncio.run(both())]
    assert columns == ["one", "two"]
    assert schema_of(new).document["tables"][0]["columns"][0]["name"] == "two"


def test_a_line_that_moves_changes_no_source(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    current = CurrentSources()
    before = current.known.all["sales"]
    file = folder / "sources.yaml"
    file.write_text("# a remark\n\n" + file.read_text())
    with caplog.at_level(logging.INFO):
        look(current)
    assert current.known.all["sales"] == before
    assert current.known.all["sales"].line == 4
    assert "changes no source" in caplog.text


def test_meanings_that_wait_for_a_source_are_used_once_it_is_there(folder: Path) -> None:
    meanings = CurrentMeanings()
    assert meanings.of("more") is None
    (folder / "meanings.yaml").write_text("meanings:\n  more:\n    synonyms: {t: [things]}\n")
    meanings.look()
    meanings.look()
    assert "There is no data source 'more'" in str(meanings.rejected)
    write(folder, sales="one", more="one")
    look(loaded.current)
    meanings.look()
    assert meanings.of("more")
    assert meanings.rejected is None


def test_operators_see_sources_and_a_rejected_edit(folder: Path, admin_client: Client) -> None:
    page = admin_client.get(PAGE).content.decode()
    assert "sources.yaml:2" in page
    assert "errornote" not in page
    assert str(folder) not in page
    (folder / "sources.yaml").write_text("sources:\n  sales: {url: 7}\n")
    look(loaded.current)
    page = admin_client.get(PAGE).content.decode()
    assert "sources.yaml:2:" in page
    assert "errornote" in page


def test_a_worker_may_begin_with_the_last_valid_file(folder: Path) -> None:
    current = CurrentSources()
    good = (folder / "sources.yaml").read_bytes()
    (folder / "sources.yaml").write_text("sources: [")
    with pytest.raises(ConfigError):
        current.known  # noqa: B018 — it reads the file
    current.begin(good)
    look(current)
    assert names(current) == ["sales"]
    assert current.rejected
