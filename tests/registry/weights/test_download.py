"""Downloads from a real server that breaks off, lies, or has something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.weights.errors import WeightsError
from registry.weights.places import folder, stored
from tests.registry.weights.files import DATA, fetched, serve
from tests.support.ports import free_port
from tests.support.servers.file_server import Act, FileServer, file_server


def left() -> list[str]:
    """Return the names of the files that are left, without the lock."""
    return sorted(path.name for path in folder().iterdir() if path.suffix != ".lock")


def refusal(server: FileServer) -> str:
    declared = serve({"url": server.url})
    with pytest.raises(WeightsError) as caught:
        fetched(declared)
    assert not stored(declared).exists()
    return str(caught.value)


def test_a_file_is_downloaded_and_named_by_its_hash() -> None:
    with file_server(DATA) as server:
        declared = serve({"url": server.url})
        path = fetched(declared)
    assert path == stored(declared)
    assert path.read_bytes() == DATA
    assert left() == [path.name]


GOES_ON = {
    "cut once": ([Act(cut=1_500_000)], ["", "bytes=1500000-"]),
    "cut three times": (
        [Act(cut=1_000_000), Act(cut=10), Act(cut=10)],
        ["", "bytes=1000000-", "bytes=1000010-", "bytes=1000020-"],
    ),
    "cut before the first byte": ([Act(cut=0)], ["", ""]),
    "no ranges": ([Act(cut=1_500_000), Act(ranges=False)], ["", "bytes=1500000-"]),
    "another version": ([Act(cut=1_500_000, etag='"zero"')], ["", "bytes=1500000-"]),
    "no version": ([Act(cut=1_500_000, etag="")], ["", ""]),
    "a weak version": ([Act(cut=1_500_000, etag='W/"one"')], ["", ""]),
    "another part than was asked for": (
        [Act(cut=1_500_000), Act(starts=7)],
        ["", "bytes=1500000-", ""],
    ),
    "busy": ([Act(status=503), Act(status=429)], ["", "", ""]),
    "the range is not there": ([Act(cut=9), Act(status=416)], ["", "bytes=9-", ""]),
    "no length": ([Act(chunked=True, cut=1_500_000)], ["", "bytes=1500000-"]),
}


@pytest.mark.parametrize("name", GOES_ON)
def test_a_download_goes_on_or_begins_again(name: str) -> None:
    acts, ranges = GOES_ON[name]
    with file_server(DATA, *acts) as server:
        assert fetched(serve({"url": server.url})).read_bytes() == DATA
        assert server.ranges == ranges


def test_another_run_goes_on_where_the_last_one_ended() -> None:
    with file_server(DATA, Act(cut=2_000_000), last=Act(status=503)) as server:
        assert "what was downloaded is kept" in refusal(server)
        server.acts = [Act()]
        assert fetched(serve({"url": server.url})).read_bytes() == DATA
        assert server.ranges[-1] == "bytes=2000000-"


def test_a_server_that_always_breaks_off_is_given_up() -> None:
    with file_server(DATA, last=Act(cut=500)) as server:
        assert "the connection broke off" in refusal(server)
        assert len(server.ranges) == 5


REFUSED = {
    "a wrong byte": (Act(flip=1_000_000), "is not the file that models.yaml declares"),
    "longer, and says so": (Act(extra=b"!"), "has 3,000,001 bytes; models.yaml says 3,000,000"),
    "longer, and hides it": (Act(extra=b"!" * 100_000, chunked=True), "has more bytes; models.yaml"),
    "claims more": (Act(claims=1 << 40), "has 1,099,511,627,776 bytes"),
    "claims less": (Act(claims=1000), "has 1,000 bytes"),
    "not there": (Act(status=404), "does not have the file (HTTP 404)"),
    "not for everyone": (Act(status=401), "does not have the file (HTTP 401)"),
    "compressed": (Act(encoding="gzip"), "in another encoding"),
    "a local file": (Act(to="file:///etc/passwd"), "redirects to another scheme"),
    "another scheme": (Act(to="https://127.0.0.1/x"), "redirects to another scheme"),
    "an invalid address": (Act(to="http://[::1/"), "redirects to another scheme"),
    "to itself": (Act(to="/again"), "redirects more than 5 times"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_the_file_is_refused_and_removed(name: str) -> None:
    act, words = REFUSED[name]
    with file_server(DATA, last=act) as server:
        message = refusal(server)
    assert words in message
    assert server.url in message
    assert left() == []


def test_a_wrong_file_is_named_with_its_hash() -> None:
    with file_server(DATA, last=Act(flip=0)) as server:
        message = refusal(server)
    assert ".complete is not the file" in message
    assert "It was removed." in message


def test_a_wrong_byte_before_the_break_is_found() -> None:
    with file_server(DATA, Act(flip=5, cut=1_000_000)) as server:
        assert "It was removed" in refusal(server)
        assert fetched(serve({"url": server.url})).read_bytes() == DATA


def test_a_redirect_of_the_same_scheme_is_followed() -> None:
    with file_server(DATA) as far, file_server(DATA, Act(to=far.url)) as near:
        assert fetched(serve({"url": near.url})).read_bytes() == DATA


def test_no_network_is_an_error_with_the_remedies() -> None:
    declared = serve({"url": f"http://127.0.0.1:{free_port()}/x?token=secret"})
    with pytest.raises(WeightsError) as caught:
        fetched(declared)
    message = str(caught.value)
    assert "the connection was refused. Is there a network?" in message
    assert f"copy the file from another machine to {stored(declared)}" in message
    assert "secret" not in message


def test_a_name_that_is_not_known_is_an_error() -> None:
    with pytest.raises(WeightsError, match="the name is not known"):
        fetched(serve({"url": "https://model-files.invalid/x"}))


def test_a_file_that_was_put_there_by_hand_is_used(tmp_path: Path) -> None:
    declared = serve({"url": "https://model-files.invalid/x"})
    folder().mkdir(parents=True)
    stored(declared).write_bytes(DATA)
    assert fetched(declared) == stored(declared)
