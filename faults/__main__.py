"""
Tries what the portal promises when something fails. docs/faults.md has the scorecard.

    make faults                     each case once, on both servers; writes the scorecard
    make faults REPEAT=100          the quick cases, repeated: is anything left of them?
    .venv/bin/python -m faults --server uvicorn --only F5,F6
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.machine import allow_many_files
from bench.upstream import Upstream
from faults import report
from faults.cases import CASES
from faults.provider import Provider
from faults.run import run_all
from tests.support.portal import FAKE_KEY, LONG_TIMEOUTS, Portal
from tests.support.ports import free_port

PAGE = Path(__file__).resolve().parent.parent / "docs" / "faults.md"
MODELS = Path(__file__).with_name("models.yaml")
SERVERS = ("uvicorn", "daphne")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m faults")
    parser.add_argument("--server", choices=SERVERS, action="append")
    parser.add_argument("--only", type=lambda text: text.split(","), help="names of cases: a,b")
    parser.add_argument("--repeat", type=int, default=1)
    return parser.parse_args()


@contextmanager
def prepared() -> Iterator[tuple[Portal, Provider]]:
    """Yield a portal that is set up but not started, and its provider."""
    os.environ.pop("DATABASE_URL", None)  # cases on Postgres start their own
    fake = Provider()
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        folder = Path(name)
        with Upstream(folder, delay=0.5) as paced:
            (folder / "base").mkdir()
            models = folder / "base" / "models.yaml"
            shutil.copy(MODELS, models)
            variables = {
                **LONG_TIMEOUTS,
                "FAKE_PORT": f"{fake.port}",
                "FAKE_KEY": FAKE_KEY,
                "CLOSED_PORT": f"{free_port()}",
                "PACED_PORT": f"{paced.port}",
            }
            portal = Portal(folder / "base", models, variables=variables)
            portal.prepare()
            yield portal, fake
    fake.close()


def main() -> int:
    options = arguments()
    allow_many_files()
    known = {case.name for case in CASES}
    if unknown := set(options.only or ()) - known:
        sys.exit(f"{', '.join(unknown)}: there is no such case. There are {', '.join(known)}.")
    cases = [case for case in CASES if not options.only or case.name in options.only]
    results = []
    with prepared() as (portal, fake):
        for server in options.server or SERVERS:
            for result in run_all(cases, server, portal, fake, options.repeat):
                results.append(result)
                print(report.line(result), flush=True)
    if options.repeat == 1 and not options.only and not options.server:
        report.write(PAGE, results, "make faults", time.strftime("%Y-%m-%d"))
    return int(any(result.broken for result in results))


if __name__ == "__main__":
    sys.exit(main())
