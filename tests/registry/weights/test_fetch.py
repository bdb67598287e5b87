"""Where a model's file comes from: several sources, parts, a full disk, two processes at once."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from registry.weights.errors import WeightsError
from registry.weights.places import folder, stored, verified
from tests.registry.weights.files import DATA, fetched, serve
from tests.support.paths import ROOT
from tests.support.portal import Portal
from tests.support.servers.file_server import Act, file_server

HALVES = DATA[:1_000_000], DATA[1_000_000:]


def put(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return path.name


def names() -> list[str]:
    return sorted(path.name for path in folder().iterdir() if path.suffix != ".lock")


# ── Sources ─────────────────────────────────────────────────────────────────────────────────


def test_a_file_of_this_machine_is_used_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    declared = serve({"file": put(path, DATA)})
    assert fetched(declared) == verified("coder", declared) == path
    assert names() == []


def test_a_single_part_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    declared = serve({"parts": [{"file": put(path, DATA)}]})
    assert fetched(declared) == verified("coder", declared) == path


def test_the_next_source_is_asked_when_one_fails(tmp_path: Path) -> None:
    with file_server(DATA, last=Act(status=404)) as bad, file_server(DATA) as good:
        declared = serve(
            {"file": "not-there.gguf"},
            {"package": "no-such-package", "file": "x"},
            {"url": bad.url},
            {"url": good.url},
        )
        assert fetched(declared) == stored(declared)


def test_when_all_sources_fail_each_is_named(tmp_path: Path) -> None:
    wrong = put(tmp_path / "wrong.gguf", DATA[:-1] + b"!")
    with file_server(DATA, last=Act(status=404)) as bad:
        declared = serve({"file": wrong}, {"url": bad.url}, {"package": "no-such", "file": "x"})
        with pytest.raises(WeightsError) as caught:
            fetched(declared)
    message = str(caught.value)
    assert message.startswith("No source has the file:")
    assert f"{tmp_path / wrong} is not the file that models.yaml declares" in message
    assert f"{bad.url} does not have the file (HTTP 404)" in message
    assert "The package no-such is not installed." in message
    assert (tmp_path / wrong).exists()  # it is not ours


def test_parts_are_joined_in_their_order(tmp_path: Path) -> None:
    first = put(tmp_path / "a.bin", HALVES[0])
    with file_server(HALVES[1], Act(cut=10)) as server:
        declared = serve({"parts": [{"file": first}, {"url": server.url}]})
        assert fetched(declared).read_bytes() == DATA
        assert server.ranges == ["", "bytes=10-"]
    assert names() == [stored(declared).name]


def test_parts_that_were_downloaded_are_not_downloaded_again() -> None:
    with file_server(HALVES[0]) as one, file_server(HALVES[1], last=Act(status=404)) as two:
        declared = serve({"parts": [{"url": one.url}, {"url": two.url}]})
        with pytest.raises(WeightsError):
            fetched(declared)
        two.acts = [Act()]
        assert fetched(declared).read_bytes() == DATA
        assert len(one.ranges) == 1


TOO_MUCH = {"too many bytes": HALVES[1] + b"!", "too few": HALVES[1][1:], "wrong": HALVES[1][::-1]}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_parts_that_do_not_make_the_file_are_refused(name: str, tmp_path: Path) -> None:
    with file_server(HALVES[0]) as one, file_server(TOO_MUCH[name]) as two:
        declared = serve({"parts": [{"url": one.url}, {"url": two.url}]})
        with pytest.raises(WeightsError, match=r"models\.yaml"):
            fetched(declared)
    assert [name for name in names() if not name.endswith(".complete")] == []
    assert not stored(declared).exists()


def test_a_file_of_a_package_is_a_source_too() -> None:
    path = Path(requests.__file__).parent / "certs.py"
    declared = serve({"package": "requests", "file": "certs.py"}, data=path.read_bytes())
    assert fetched(declared) == path


# ── Use ─────────────────────────────────────────────────────────────────────────────────────


def test_a_file_that_changed_is_removed_before_it_is_used() -> None:
    with file_server(DATA) as server:
        declared = serve({"url": server.url})
        path = fetched(declared)
        path.write_bytes(DATA[::-1])
        with pytest.raises(WeightsError) as caught:
            verified("coder", declared)
        assert f"{path} is not the file" in str(caught.value)
        assert "It was removed. Run `manage.py models fetch coder`" in str(caught.value)
        assert not path.exists()
        assert fetched(declared).read_bytes() == DATA


# ── The disk ────────────────────────────────────────────────────────────────────────────────


def small_disk(path: Path, size: int) -> None:
    path.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no file system may be mounted here")


@pytest.fixture
def disk(var: Path) -> Iterator[Path]:
    """VAR_DIR on a file system of 2 MiB: the file has 3 MB."""
    small_disk(var, 2 << 20)
    yield var
    subprocess.run(["umount", "-l", str(var)], check=True)


def test_a_disk_that_is_too_small_is_an_error_before_the_download(disk: Path) -> None:
    with file_server(DATA) as server:
        with pytest.raises(WeightsError, match=r"The disk is full: 3,000,000 bytes are needed in"):
            fetched(serve({"url": server.url}))
        assert server.ranges == []


def test_a_disk_that_fills_up_meanwhile_is_an_error_and_keeps_what_is_there(disk: Path) -> None:
    gate = threading.Event()
    data = DATA[:1_500_000]
    with file_server(data, Act(gate=gate)) as server:
        declared = serve({"url": server.url}, data=data)
        filler = threading.Thread(target=_fill, args=[server.asked, disk / "other", gate])
        filler.start()
        with pytest.raises(
            WeightsError, match=r"There is no room left in .* Make room, or set VAR_DIR"
        ):
            fetched(declared)
        filler.join()
        (disk / "other").unlink()
        assert fetched(declared).read_bytes() == data
        assert server.ranges[1].startswith("bytes=")


def _fill(asked: threading.Event, path: Path, gate: threading.Event) -> None:
    asked.wait(10)
    path.write_bytes(b"x" * 1_200_000)
    gate.set()


# ── The command ─────────────────────────────────────────────────────────────────────────────

FILE = """
models:
  coder:
    api: openai
    endpoint: http://127.0.0.1:9/v1
    api_key: ${CODER_API_KEY:-k}
    serve:
      sources:
        - url: URL
      sha256: HASH
      size: 3000000
    registry:
      small: {capabilities: [chat]}
"""


@pytest.fixture
def coder(tmp_path: Path) -> Portal:
    return Portal(tmp_path / "other-var", tmp_path / "models.yaml")


def declare(portal: Portal, url: str) -> None:
    digest = hashlib.sha256(DATA).hexdigest()
    portal.models.write_text(FILE.replace("URL", url).replace("HASH", digest))


def test_the_command_fetches_and_shows_progress(coder: Portal) -> None:
    with file_server(DATA) as server:
        declare(coder, server.url)
        done = coder.manage("models", "fetch", "coder")
    assert "The model of coder is here: " in done.stdout
    assert Path(done.stdout.split()[-1]).read_bytes() == DATA
    assert "100 %  3 of 3 MB" in done.stderr


def test_the_command_names_what_is_wrong(coder: Portal) -> None:
    with file_server(DATA, last=Act(flip=0)) as server:
        declare(coder, server.url)
        done = coder.manage("models", "fetch", "coder", check=False)
        assert (done.returncode, done.stdout) == (1, "")
        assert "It was removed." in done.stderr
        done = coder.manage("models", "fetch", "codr", check=False)
    assert done.returncode == 2
    assert "'codr' has no `serve:`. Did you mean 'coder'?" in done.stderr


def test_of_two_commands_at_once_one_downloads(coder: Portal) -> None:
    gate = threading.Event()
    with file_server(DATA, Act(gate=gate)) as server:
        declare(coder, server.url)
        first = fetching(coder)
        server.asked.wait(30)
        second = fetching(coder)
        assert second.stderr is not None
        assert "Another process fetches this file" in second.stderr.readline()
        gate.set()
        for process in (first, second):
            assert "is here" in process.communicate(timeout=60)[0]
        assert len(server.ranges) == 1


def fetching(portal: Portal) -> subprocess.Popen[str]:
    command = [sys.executable, str(ROOT / "manage.py"), "models", "fetch", "coder"]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, env=portal.environment, cwd=ROOT, text=True, stdout=pipe, stderr=pipe
    )


def test_a_command_that_was_killed_leaves_nothing_that_is_used(coder: Portal) -> None:
    with file_server(DATA, Act(cut=1_000_000, hold=True)) as server:
        declare(coder, server.url)
        process = fetching(coder)
        folder = coder.folder / "models"
        end = time.monotonic() + 30
        while not any(path.stat().st_size == 1_000_000 for path in folder.glob("*.part")):
            assert time.monotonic() < end
            time.sleep(0.02)
        process.kill()
        process.communicate()
        assert not list(folder.glob("*.gguf"))
        assert "is here" in coder.manage("models", "fetch", "coder").stdout
        assert server.ranges == ["", "bytes=1000000-"]


def test_progress_without_a_terminal_is_a_few_lines() -> None:
    out = io.StringIO()
    with file_server(DATA) as server:
        fetched(serve({"url": server.url}), out)
    assert "\r" not in out.getvalue()
    assert len(out.getvalue().splitlines()) <= 4
