"""
Asks providers whose names hang in the resolver, beside one that answers, and prints what happened.

    unshare -rnm python -m tests.support.servers.silent_names asyncio

It needs a network and mounts of its own: its resolver is a socket that never answers.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time

import uvloop

from core.errors import PortalError
from core.http.decoding import off_loop
from registry.providers.http import connections
from registry.providers.http.transport import Deadlines, Response
from registry.providers.wire import Request

NAMES, CONNECT = 30, 1.0
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"


async def ask(host: str) -> tuple[str, float]:
    """Return what became of a request, and how long that took."""
    began = time.monotonic()
    try:
        request = Request("POST", f"http://{host}/", {}, b"{}")
        async with Response(request, Deadlines(CONNECT, 20, 20, 20)) as response:
            outcome = (await response.read()).decode()
    except PortalError as error:
        outcome = error.message
    return outcome, time.monotonic() - began


async def main() -> dict[str, object]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    hanging = [asyncio.create_task(ask(f"silent-{n}.example:1")) for n in range(NAMES)]
    await asyncio.sleep(0.2)
    named = await ask(f"localhost:{port}")
    began = time.monotonic()
    assert await off_loop(lambda: 1, 1_000_000) == 1
    decoded = time.monotonic() - began
    outcomes = await asyncio.gather(*hanging)
    threads = [thread for thread in threading.enumerate() if not thread.daemon]
    await connections.close()
    server.close()
    return {"named": named, "decoded": decoded, "hanging": outcomes, "threads": len(threads)}


def become_unresolvable() -> socket.socket:
    """Replace the resolver by a socket that never answers, and return it."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("nameserver 127.0.0.1\noptions timeout:30 attempts:1\n")
        file.flush()
        subprocess.run(["mount", "--bind", file.name, "/etc/resolv.conf"], check=True)
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("127.0.0.1", 53))
    return silent


if __name__ == "__main__":
    with become_unresolvable(), asyncio.Runner(loop_factory=LOOPS[sys.argv[1]]) as runner:
        sys.stdout.write(json.dumps(runner.run(main())))
