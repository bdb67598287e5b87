"""Names that hang in the resolver."""

from __future__ import annotations

import json
import subprocess
import sys

from bench.errors import CannotRun
from faults.case import Case, promise
from faults.cases.setups import ONE
from faults.site import GRACE, Site

LOOPS = {"uvicorn": "uvloop", "daphne": "asyncio"}


def hang(site: Site) -> None:
    """Ask by the portal's transport in a network of its own: a portal would need one, too."""
    words = ["unshare", "-rnm", sys.executable, "-m", "tests.support.servers.silent_names"]
    done = subprocess.run(
        [*words, LOOPS[site.portal.server]], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotRun("no network of its own: " + done.stderr.strip()[-100:])
    found = json.loads(done.stdout)
    promise(found["named"][0] == "hi" and found["named"][1] < 1 + GRACE, found["named"])
    promise(found["decoded"] < 1 + GRACE, f"a large body waits {found['decoded']:.1f} s")
    times = [seconds for _, seconds in found["hanging"]]
    site.figures.detected = max(times)
    promise(max(times) < 1 + GRACE, f"a name hangs for {max(times):.1f} s, CONNECT_TIMEOUT is 1")


CASES = [
    Case("F17", "30 names that hang in the resolver", "they end at `CONNECT_TIMEOUT` (1 s); nothing else waits", "docs/configuration.md", hang, ONE),
]  # fmt: skip
