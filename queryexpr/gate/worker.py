"""
The gate's process: `python -m queryexpr.gate.worker`.

A request is a line of JSON on standard input, `[name, arguments]`. Its answer is a line of JSON on
standard output: what `engine.run` returns. The process ends when its input does, which is when the
caller's process is gone. It can read Python's code, its input and nothing else; see `confinement`.
"""

from __future__ import annotations

import json
import resource
import sys

MAX_MEMORY = 3 << 30  # bytes: a process that reads hostile text may not take the machine's


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from queryexpr.gate import confinement
    from queryexpr.gate.engine import run

    reach = confinement.Reach(read=(*confinement.CODE, *confinement.LIMITS))
    confinement.confine(reach, confinement.only(confinement.COMPUTING))
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # only answers go to standard output
    for line in sys.stdin.buffer:
        name, arguments = json.loads(line)
        try:
            answer = run(name, arguments)
        except Exception as error:  # a fault of ours, which must not end the worker
            answer = {"failed": f"{type(error).__name__} in {name}"}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
