"""Parsing of HTTP responses: valid, invalid and endless ones, whole and byte by byte."""

from __future__ import annotations

import asyncio

import pytest

from core.errors import PortalError
from registry.providers.http.protocol import MAX_HEADER, MAX_HEADERS
from registry.providers.http.transport import Deadlines, Response
from registry.providers.wire import Request
from tests.registry.providers.http.test_connections import get, provider

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
# The bytes that the provider sends before it closes the connection, and the body in them.
BODIES = {
    "with a length": (OK + b"Content-Length: 2\r\n\r\nhi", b"hi"),
    "of no bytes": (OK + b"Content-Length: 0\r\n\r\n", b""),
    "without content": (b"HTTP/1.1 204 X\r\n\r\n", b""),
    "in chunks": (CHUNKED + b"1\r\nh\r\n1\r\ni\r\n0\r\n\r\n", b"hi"),
    "in chunks of another case": (CHUNKED.replace(b"chunked", b"Chunked") + b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
    "in chunks with extensions": (CHUNKED + b'2;a=b;c="d"\r\nhi\r\n0\r\n\r\n', b"hi"),
    "with trailers": (CHUNKED + b"2\r\nhi\r\n0\r\nX: y\r\nZ: z\r\n\r\n", b"hi"),
    "until the connection closes": (OK + b"\r\nhi", b"hi"),
    "until the connection closes, by its encoding": (OK + b"Transfer-Encoding: identity\r\n\r\nhi", b"hi"),
    "after an interim response": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nhi", b"hi"),
    "after two": (b"HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\nLink: x\r\n\r\n" * 2 + OK + b"Content-Length: 2\r\n\r\nhi", b"hi"),
    "of HTTP/1.0": (b"HTTP/1.0 200 OK\r\n\r\nhi", b"hi"),
    "without a reason phrase": (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", b"hi"),
    "with odd letters in a header": (OK + b"X: \xc3\xa9\xff\r\nContent-Length: 2\r\n\r\nhi", b"hi"),
    "with as many headers as may be": (OK + b"X: y\r\n" * (MAX_HEADERS - 1) + b"Content-Length: 2\r\n\r\nhi", b"hi"),
}  # fmt: skip
REFUSED = {
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
    "two different lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi!",
    "a list of lengths": OK + b"Content-Length: 2, 2\r\n\r\nhi",
    "a length with a sign": OK + b"Content-Length: +2\r\n\r\nhi",
    "a length that overflows": OK + b"Content-Length: 18446744073709551618\r\n\r\nhi",
    "an empty length": OK + b"Content-Length:\r\n\r\nhi",
    "a length and chunks": OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    "chunks and a length": OK + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    "compressed chunks": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    "chunks twice": OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    "an unknown transfer encoding": OK + b"Transfer-Encoding: xchunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    "compressed content, second": OK + b"Content-Encoding: identity\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi",
    "a chunk size that overflows": CHUNKED + b"fffffffffffffffff\r\nhi\r\n0\r\n\r\n",
    "a chunk size that is not a number": CHUNKED + b"0x2\r\nhi\r\n0\r\n\r\n",
    "a chunk longer than its size": CHUNKED + b"1\r\nhi\r\n0\r\n\r\n",
    "lines without CR": OK.replace(b"\r", b"") + b"Content-Length: 2\n\nhi",
    "a header on two lines": OK + b"X: y\r\n z\r\nContent-Length: 2\r\n\r\nhi",
    "a space before a colon": OK + b"Content-Length : 2\r\n\r\nhi",
    "a NUL in a header": OK + b"X: \0\r\nContent-Length: 2\r\n\r\nhi",
    "a lone CR in a header": OK + b"X: y\rZ: z\r\nContent-Length: 2\r\n\r\nhi",
    "a status of four digits": b"HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nhi",
    "an unknown version": b"HTTP/1.5 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    "another protocol": b"+OK POP3 ready\r\n",
    "too many headers": OK + b"X: y\r\n" * MAX_HEADERS + b"Content-Length: 2\r\n\r\nhi",
    "too long a header": OK + b"X: " + b"y" * MAX_HEADER + b"\r\nContent-Length: 2\r\n\r\nhi",
    "a length as a trailer": CHUNKED + b"2\r\nhi\r\n0\r\nContent-Length: 2\r\n\r\n",
    "a body that is cut off": OK + b"Content-Length: 3\r\n\r\nhi",
    "chunks that are cut off": CHUNKED + b"2\r\nhi\r\n",
    "chunks without the last empty line": CHUNKED + b"2\r\nhi\r\n0\r\n",
}  # fmt: skip


async def send(data: bytes, size: int) -> bytes:
    """Return the body that is read from a provider that sends `data`, `size` bytes at a time."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for start in range(0, len(data), size):
            writer.write(data[start : start + size])
            await asyncio.sleep(0)

    async with provider(serve) as url:
        return await get(url)


@pytest.mark.parametrize("size", [1, 100_000])
@pytest.mark.parametrize(("data", "body"), BODIES.values(), ids=BODIES)
async def test_a_body_is_read(data: bytes, body: bytes, size: int) -> None:
    assert await send(data, size) == body


@pytest.mark.parametrize("size", [1, 100_000])
@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
async def test_invalid_http_is_refused(data: bytes, size: int) -> None:
    with pytest.raises(PortalError) as raised:
        await send(data, size)
    assert raised.value.code == "provider_bad_response"


# ── Endless responses ─────────────────────────────────────────────────────────────────────────────

ENDLESS = {
    "status line": (b"HTTP/1.1 200 ", b"x"),
    "header": (OK + b"X: ", b"y" * 100),
    "name of a header": (OK, b"x" * 100),
    "interim responses": (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
    "chunk extension": (CHUNKED + b"2;", b"x" * 100),
    "zeros before a chunk's size": (CHUNKED, b"0" * 100),
    "trailer": (CHUNKED + b"2\r\nhi\r\n0\r\nX: ", b"y" * 100),
    "trailers": (CHUNKED + b"2\r\nhi\r\n0\r\n", b"X: y\r\n"),
}


@pytest.mark.parametrize(("first", "more"), ENDLESS.values(), ids=ENDLESS)
async def test_an_endless_response_is_refused_early(first: bytes, more: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(first)
        while True:
            writer.write(more * (4096 // len(more)))
            await writer.drain()

    async with provider(serve) as url:
        with pytest.raises(PortalError) as raised:
            await get(url, Deadlines(first_byte=5, idle=5, total=5))
    assert raised.value.code == "provider_bad_response"


async def test_header_names_ignore_case_and_repeated_headers_are_joined() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK + b"RETRY-after: 7 \r\nX: a\r\nx: b\r\nContent-Length: 0\r\n\r\n")

    async with (
        provider(serve) as url,
        Response(Request("GET", url, {}, None), Deadlines()) as response,
    ):
        assert response.status == 200
        assert response.headers == {"retry-after": "7", "x": "a, b", "content-length": "0"}


async def test_a_switch_of_protocols_is_refused() -> None:
    switch = b"HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nabc"
    with pytest.raises(PortalError) as raised:
        await send(switch, 1000)
    assert raised.value.code == "provider_error"


async def test_a_provider_that_speaks_first_is_refused() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org ESMTP\r\n")
        await reader.read(1)

    async with provider(serve) as url:
        with pytest.raises(PortalError) as raised:
            await get(url)
    assert raised.value.code == "provider_bad_response"
