"""Forms with files: what Django's parser would skip or change in silence is refused."""

from __future__ import annotations

import time

import pytest

from core.errors import PortalError
from core.http.form import read_form

TYPE = "multipart/form-data; boundary=BB"
FILE = b'Content-Disposition: form-data; name="file"; filename="a.mp3"\r\n\r\nID3 \x00\r\n'
TEXT = b'Content-Disposition: form-data; name="prompt"\r\n\r\n%s\r\n'


def form(*parts: bytes, end: bytes = b"--BB--\r\n") -> bytes:
    return b"".join([*(b"--BB\r\n" + part for part in parts), end])


@pytest.mark.parametrize("end", [b"--BB--", b"--BB--\r\n", b"--BB--\r\nan epilogue\r\n"])
def test_a_form_is_read(end: bytes) -> None:
    read = read_form(form(TEXT % "Grüße �".encode(), FILE, end=end), TYPE)
    assert read.fields == {"prompt": ["Grüße �"]}
    assert [file.read() for file in read.files["file"]] == [b"ID3 \x00"]


@pytest.mark.parametrize(
    ("data", "media_type", "words"),
    [(form(FILE, end=b""), TYPE, "breaks off"), (form(FILE, TEXT % b"x", end=b""), TYPE, "breaks off"),
     (form(FILE)[:-12], TYPE, "breaks off"),
     (form(FILE, b"Content-Disposition: form-data\r\n\r\nx\r\n"), TYPE, "no name"),
     (form(FILE, "Content-Disposition: form-data; name=\"ü\"\r\n\r\nx\r\n".encode("latin-1")), TYPE, "no name"),
     (form(FILE, b"Content-Disposition: form-data; name*=no''%41\r\n\r\nx\r\n"), TYPE, "no name"),
     (form(FILE, b"\r\nx\r\n"), TYPE, "no name"),
     (form(FILE, TEXT % "Grüße".encode("latin-1")), TYPE, "UTF-8"),
     (form(FILE), "multipart/form-data; boundary*=no''BB", "Content-Type"),
     (form(FILE), "multipart/form-data", "boundary"), (b"", TYPE, "breaks off"),
     (form(FILE), TYPE + "x", "breaks off")],
)  # fmt: skip
def test_a_form_that_would_lose_something_is_refused(
    data: bytes, media_type: str, words: str
) -> None:
    with pytest.raises(PortalError) as caught:
        read_form(data, media_type)
    assert caught.value.code == "invalid_request"
    assert words in caught.value.message


def test_many_texts_beside_a_large_file_take_no_longer() -> None:
    large = FILE.replace(b"ID3", b"ID3" + bytes(8_000_000))
    texts = [TEXT.replace(b"prompt", b"p%d" % n) % f"� {n}".encode() for n in range(500)]
    began = time.thread_time()
    assert len(read_form(form(large, *texts), TYPE).fields) == 500
    assert time.thread_time() - began < 0.5
