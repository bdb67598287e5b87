"""The systemd unit: what it leaves open, and that the portal works within it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from queryexpr.gate import confinement
from tests.conftest import copy_of
from tests.support.paths import ROOT
from tests.support.portal import Portal
from tests.support.programs import needs
from tests.support.unit_filter import allowed
from tests.workflow.portal import COUNT, SCHEMA

UNIT = ROOT / "deploy/aimodels.service"
MAX_EXPOSURE = 2.5  # of 10, as systemd counts


@needs("systemd-analyze")
def test_the_unit_leaves_little_open() -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", UNIT], capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    (exposure,) = re.findall(r"Overall exposure level for .*: ([\d.]+)", done.stdout)
    assert float(exposure) < MAX_EXPOSURE
    assert exposure in (ROOT / "docs/deployment.md").read_text()


@needs("systemd-analyze")
def test_the_units_list_allows_landlock_and_no_mount() -> None:
    calls = allowed(UNIT)
    assert {"openat", "landlock_restrict_self", "seccomp"} <= calls
    assert not {"mount", "reboot", "ptrace", "bpf"} & calls


@pytest.mark.long
@needs("systemd-analyze")
@pytest.mark.skipif(bool(confinement.missing()), reason="this kernel cannot filter calls")
@pytest.mark.parametrize("server", ["uvicorn", "daphne"])
def test_the_portal_works_within_the_units_list_of_calls(
    portal_files: Portal, tmp_path: Path, server: str
) -> None:
    portal = copy_of(portal_files, tmp_path / "unit")
    portal.server = server
    portal.tracer = (sys.executable, "-m", "tests.support.unit_filter", str(UNIT))
    portal.start()
    try:
        assert portal.chat().status_code == 200
        body = {"mode": "compile", "ir": {"query": COUNT}, "schema": SCHEMA, "dialect": "sqlite"}
        answer = portal.post("/v1/sql", body)
        assert answer.status_code == 200, answer.text
        assert portal.get("/models", who=None, allow_redirects=False).status_code == 302
        log = portal.log.read_text()
        assert "Traceback" not in log
        assert "not fully confined" not in log
    finally:
        assert portal.stop() == 0


@needs("systemd-analyze")
def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    text = UNIT.read_text()
    unit = tmp_path / "aimodels.service"
    unit.write_text(re.sub(r"/srv/aimodels/\.venv/bin/python", "/bin/true", text))
    done = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
    )
    assert "Unknown" not in done.stderr
    assert "Failed to parse" not in done.stderr


def test_the_unit_waits_longer_than_the_portal_drains() -> None:
    text = UNIT.read_text()
    (wait,) = re.findall(r"TimeoutStopSec=(\d+)", text)
    assert int(wait) > 20 + 10, "DRAIN_SECONDS, and the supervisor's margin"
