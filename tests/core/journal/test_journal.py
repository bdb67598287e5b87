"""The journal: what it keeps of a process that is killed, of a full disk, of a torn record."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.journal.journal import Journal
from core.journal.reader import Reader
from core.journal.segment import Segment, records
from tests.support.paths import ROOT

KILLED = """
import os, signal, sys
from pathlib import Path
from core.journal.journal import Journal
journal = Journal(Path(sys.argv[1]), "killed")
for number in range(5000):
    journal.append(b"record %d" % number)
print(number, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def read_all(folder: Path) -> list[bytes]:
    return [record for one in Reader(folder).read() for record in one.news]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    written = [b"x" * size for size in (1, 7, 8, 9, 1000)]
    journal = Journal(tmp_path, "own")
    for record in written:
        journal.append(record)
    assert read_all(tmp_path) == written


def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == -9, done.stderr
    (one,) = Reader(tmp_path).read()
    assert one.news == [b"record %d" % number for number in range(5000)]
    assert one.ended


def test_a_reader_gets_each_record_once(tmp_path: Path) -> None:
    journal, reader = Journal(tmp_path, "own"), Reader(tmp_path)
    journal.append(b"first")
    assert [one.news for one in reader.read()] == [[b"first"]]
    journal.append(b"second")
    assert [one.news for one in reader.read()] == [[b"second"]]
    (one,) = reader.read()
    assert (one.news, one.ended) == ([], False)
    journal.close()
    (one,) = reader.read()
    assert (one.news, one.ended) == ([], True)
    reader.forget(one)
    assert reader.read() == []


def test_full_segments_are_closed_and_a_new_one_begins(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "own", size=4096)
    written = [b"%d" % number * 100 for number in range(200)]
    for record in written:
        journal.append(record)
    journal.sync()
    segments = Reader(tmp_path).read()
    assert len(segments) > 5
    assert [one.ended for one in segments] == [True] * (len(segments) - 1) + [False]
    assert [record for one in segments for record in one.news] == written


@pytest.mark.parametrize("cut", [1, 5, 9])
def test_a_torn_record_ends_the_segment(tmp_path: Path, cut: int) -> None:
    segment = Segment(tmp_path / "a.journal", 4096)
    segment.append(b"whole")
    at = segment._end
    segment.append(b"this one is torn")
    data = bytearray((tmp_path / "a.journal").read_bytes())
    data[at + cut] ^= 255
    assert [record for record, _ in records(bytes(data))] == [b"whole"]


def test_threads_write_whole_records(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "own", size=16384)

    def write(name: int) -> None:
        for number in range(500):
            journal.append(b"%d %d" % (name, number) * 10)

    threads = [threading.Thread(target=write, args=[name]) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = {b"%d %d" % (name, number) * 10 for name in range(4) for number in range(500)}
    assert set(read_all(tmp_path)) == expected


def test_records_wait_while_the_disk_has_no_room(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "later"  # there is no folder yet: as a full disk, it makes no file
    journal = Journal(folder, "own")
    for number in range(3):
        journal.append(b"%d" % number)
    assert len(caplog.records) == 1
    folder.mkdir()
    journal.sync()
    assert read_all(folder) == [b"0", b"1", b"2"]


def test_a_record_larger_than_a_segment_is_lost_and_counted(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "own", size=4096)
    journal.append(b"x" * 4096)
    journal.append(b"after")
    assert journal.lost == 1
    assert read_all(tmp_path) == [b"after"]


def test_what_the_memory_cannot_hold_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.journal.journal.MAX_HELD", 2)
    journal = Journal(tmp_path / "nowhere", "own")
    for _ in range(5):
        journal.append(b"x")
    assert journal.lost == 3
