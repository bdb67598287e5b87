"""
Keeps streams open, in a process of its own, and asks again as each ends or is refused.

    python -m faults.streams PORT TOKEN COUNT MODEL OPEN

Prints a line when OPEN of them are open at once, and how many are open when standard input ends.
"""

from __future__ import annotations

import asyncio
import json
import sys

SPREAD_SECONDS = 6
open_now = 0


async def keep(port: int, request: bytes, delay: float) -> None:
    """Ask, read to the end, and ask again."""
    global open_now
    await asyncio.sleep(delay)
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        granted = b" 200 " in head
        open_now += granted
        while await reader.read(65536):
            pass
        open_now -= granted
        writer.close()
        await asyncio.sleep(0.1)


async def main() -> None:
    port, token, count, model, wanted = sys.argv[1:]
    messages = [{"role": "user", "content": "Hi"}]
    body = json.dumps({"model": model, "stream": True, "messages": messages}).encode()
    head = (
        "POST /v1/ai/chat/completion HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    number = int(count)
    tasks = [
        asyncio.create_task(keep(int(port), head.encode() + body, SPREAD_SECONDS * index / number))
        for index in range(number)
    ]
    while open_now < int(wanted):
        failed = [task.exception() for task in tasks if task.done()]
        if failed:
            raise SystemExit(f"a stream broke: {failed[0]!r}")
        await asyncio.sleep(0.1)
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(open_now, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
