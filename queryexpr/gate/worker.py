"""
The worker's process: `python -m workflow.gate.worker`. Requests come on standard input.

A message is its length in four bytes, big-endian, and JSON: `[name, arguments]`, answered with what
`engine.run` returns. It ends when its input does, which is when the portal is gone.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from typing import Any, BinaryIO

MEMORY = 3 << 30  # bytes: what reads hostile text may not take the machine's
LENGTH = struct.Struct(">I")


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from queryexpr.gate.engine import run

    source, target = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing but answers goes there
    while (request := receive(source)) is not None:
        name, arguments = request
        try:
            answer = run(name, arguments)
        except Exception as error:  # a mistake of ours, which must not take the worker with it
            answer = {"failed": f"{type(error).__name__} in {name}"}
        target.write(packed(answer))
        target.flush()


def packed(message: Any) -> bytes:
    """Return a message as it travels."""
    data = json.dumps(message).encode()
    return LENGTH.pack(len(data)) + data


def receive(source: BinaryIO) -> Any:
    """Return the next message; None at the end."""
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    return json.loads(source.read(LENGTH.unpack(head)[0]))


if __name__ == "__main__":
    main()
