"""
The process that reads one file: `python -m chat.attachments.child`.

Files are hostile until the opposite is known. So the process has limits of memory and time, writes
no file, and gives up everything but Python's own code before it reads: see
`queryexpr.gate.confinement`. The question is a line of JSON on standard input, the answer one on
standard output: `{"text", "note"}`, or `{"why"}`, a key of `kinds.REFUSALS`.
"""

from __future__ import annotations

import base64
import json
import logging
import resource
import sys
from collections.abc import Callable
from typing import Any

from chat.attachments import docx, pdf
from chat.attachments.unreadable import Unreadable
from queryexpr.gate.confinement import CODE, COMPUTING, LIMITS, Reach, confine, only

MAX_MEMORY = 1 << 30  # bytes
MAX_SECONDS = 15  # of a processor
READERS: dict[str, Callable[[bytes, int], tuple[str, str]]] = {"pdf": pdf.read, "docx": docx.read}


def main() -> None:
    for limit, value in (
        (resource.RLIMIT_AS, MAX_MEMORY),
        (resource.RLIMIT_CPU, MAX_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    logging.disable()  # the words would be the file's
    confine(Reach(read=(*CODE, *LIMITS)), only(COMPUTING))
    kind, data, limit = json.loads(sys.stdin.buffer.readline())
    answer = json.dumps(read(kind, base64.b64decode(data), limit))
    sys.stdout.write(answer + "\n")


def read(kind: str, data: bytes, limit: int) -> dict[str, Any]:
    """Return the text of a file, at most `limit` characters, or why it has none."""
    try:
        text, note = READERS[kind](data, limit)
    except Unreadable as refusal:
        return {"why": refusal.why}
    except MemoryError:
        return {"why": "too_much"}
    except Exception:  # of any kind: parsers meet what their authors did not think of
        return {"why": "broken"}
    return {"text": text, "note": note}


if __name__ == "__main__":
    main()
