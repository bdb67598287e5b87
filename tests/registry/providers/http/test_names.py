"""A name that hangs in the resolver delays only those who ask it, and these for CONNECT_TIMEOUT."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from tests.support.paths import ROOT
from tests.support.programs import needs
from tests.support.servers.silent_names import CONNECT, LOOPS, NAMES

ALONE = ["unshare", "--map-root-user", "--net", "--mount"]


@needs("unshare", "ip")
@pytest.mark.parametrize("loop", LOOPS)
def test_names_that_hang_hold_nothing_that_others_need(loop: str) -> None:
    if subprocess.run([*ALONE, "true"], check=False, capture_output=True).returncode:
        pytest.skip("This system forbids namespaces.")
    began = time.monotonic()
    done = subprocess.run(
        [*ALONE, sys.executable, "-m", "tests.support.servers.silent_names", loop],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert time.monotonic() - began < 25, "the process does not wait for look-ups, of 30 s"
    result = json.loads(done.stdout)
    outcome, seconds = result["named"]
    assert outcome == "hi"
    assert seconds < CONNECT
    assert result["decoded"] < CONNECT
    assert len(result["hanging"]) == NAMES
    for outcome, seconds in result["hanging"]:
        assert outcome == "The provider did not connect in time."
        assert seconds < CONNECT + 2
