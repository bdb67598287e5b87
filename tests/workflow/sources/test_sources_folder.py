"""A folder of files as a source: which of its files are read, and which are left out."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from queryexpr import read_tables
from tests.workflow.sources.asking import APPS, ann, asked, checked, refused, source
from workflow.sources.duckdb import files
from workflow.sources.schema import schema_of
from workflow.sources.source import Source

__all__ = ["ann"]  # a fixture
pytestmark = pytest.mark.django_db(transaction=True, available_apps=APPS)


def names(one: Source) -> list[str]:
    return [table.name for table in read_tables(schema_of(one).document)[0].tables]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "exports [1]"
    place.mkdir()
    (place / "good.csv").write_text("a,b\n1,2\n")
    (place / "bad.parquet").write_bytes(b"PAR1 is what it begins with, and ends with: PAR1")
    (place / "cut.json").write_text('[{"a": 1}, {"a":')
    (place / "binary.csv").write_bytes(bytes(range(256)) * 50)
    (tmp_path / "secret.csv").write_text("s\nsecret\n")
    (place / "link.csv").symlink_to(tmp_path / "secret.csv")
    return place


def exports(folder: Path, *tables: str) -> Source:
    return source(f"duckdb:///{folder}", *tables)


@pytest.mark.parametrize("bad", ["bad", "cut", "binary", "link"])
def test_a_file_that_cannot_be_read_costs_its_table(folder: Path, ann: User, bad: str) -> None:
    one = exports(folder, "good", bad)
    (warning,) = checked(one)
    assert warning.startswith(f"sales: The table '{bad}' is left out: ")
    assert str(folder) not in warning
    assert names(one) == ["good"]
    assert asked(one, ann, "SELECT a FROM good", "good").rows == ((1,),)
    assert "secret" not in refused(one, ann, f"SELECT * FROM {bad}", bad).message


@pytest.mark.parametrize("target", ["/etc/passwd", "/usr/lib/os-release", "../secret.csv"])
def test_a_link_that_leads_out_of_the_folder_is_left_out(
    folder: Path, ann: User, target: str
) -> None:
    (folder / "out.csv").symlink_to(target)
    one = exports(folder, "good", "out")
    (warning,) = checked(one)
    assert warning == "sales: The table 'out' is left out: out.csv leads out of the folder."
    assert names(one) == ["good"]
    assert refused(one, ann, "SELECT * FROM out", "out").code == "invalid_request"


def test_a_link_through_a_linked_folder_is_left_out(folder: Path, tmp_path: Path) -> None:
    (folder / "elsewhere").symlink_to(tmp_path, target_is_directory=True)
    (folder / "out.csv").symlink_to("elsewhere/secret.csv")
    (warning,) = checked(exports(folder, "good", "out"))
    assert warning.endswith("out.csv leads out of the folder.")


def test_links_within_the_folder_and_to_it_are_read(
    folder: Path, tmp_path: Path, ann: User
) -> None:
    (folder / "same.csv").symlink_to("good.csv")
    (tmp_path / "linked").symlink_to(folder, target_is_directory=True)
    one = exports(tmp_path / "linked", "same")
    assert checked(one) == []
    assert asked(one, ann, "SELECT a FROM same", "same").rows == ((1,),)


def test_a_link_that_changes_after_the_check_changes_nothing(folder: Path) -> None:
    link, out = folder / "link.csv", folder.parent / "secret.csv"
    point(link, folder / "good.csv")
    name, _ = files.opened(folder, "link", [link])
    point(link, out)
    assert Path(name).read_text() == "a,b\n1,2\n"


def test_a_link_that_changes_during_the_check_never_leads_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, out = folder / "link.csv", folder.parent / "secret.csv"
    point(link, folder / "good.csv")
    real = os.open

    def late(path: Path, flags: int) -> int:
        point(link, out)
        return real(path, flags)

    monkeypatch.setattr(os, "open", late)
    with pytest.raises(files.LeftOut, match="leads out of the folder"):
        files.opened(folder, "link", [link])


def point(link: Path, target: Path) -> None:
    """Let a link lead to `target`, at once."""
    fresh = link.with_name("fresh")
    fresh.symlink_to(target)
    fresh.replace(link)


def test_compressed_files_are_tables(folder: Path, ann: User) -> None:
    (folder / "zipped.csv.gz").write_bytes(gzip.compress(b"a\n7\n"))
    (folder / "lines.jsonl.gz").write_bytes(gzip.compress(b'{"b": 8}\n'))
    one = exports(folder, "zipped", "lines")
    assert checked(one) == []
    assert asked(one, ann, "SELECT a, b FROM zipped, lines", "zipped").rows == ((7, 8),)


def test_a_message_of_duckdb_has_the_files_own_name(folder: Path) -> None:
    (warning,) = checked(exports(folder, "good", "bad"))
    assert "bad.parquet" in warning
    assert "/proc" not in warning


def test_a_folder_a_pipe_and_a_loop_are_no_files(folder: Path) -> None:
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "pipe.csv")
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    (folder / "zeros.csv").symlink_to("/dev/zero")
    listed = ("folder", "pipe", "loop", "zeros")
    said = "".join(checked(exports(folder, "good", *listed)))
    assert [name for name in listed if f"There is no file {name}.parquet" not in said] == []


def test_a_name_that_looks_like_a_pattern_is_that_file(folder: Path, ann: User) -> None:
    for name in ("[a-z]ood", "goo?", "g*"):
        (folder / f"{name}.csv").write_text("a\n9\n")
        one = exports(folder, name)
        assert asked(one, ann, f'SELECT a FROM "{name}"', name).rows == ((9,),)
