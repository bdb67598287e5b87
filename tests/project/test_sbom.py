"""The bill of materials has what the locks have."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest

from tests.support.paths import ROOT
from tests.support.programs import needs

LOCKS = ("requirements.txt", "requirements-model.txt")


@pytest.fixture
def bill() -> Any:
    done = subprocess.run(
        ["make", "-s", "sbom"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    file = ROOT / "sbom.cdx.json"
    bill = json.loads(file.read_text())
    file.unlink()
    return bill


@pytest.mark.long
@needs("make")
def test_the_bill_has_every_locked_package_with_its_hashes(bill: Any) -> None:
    locks = "".join((ROOT / name).read_text() for name in LOCKS)
    locked = set(re.findall(r"^([\w.-]+)(?:\[\w+\])?==([^\s;]+)", locks, re.MULTILINE))
    assert len(locked) > 50
    assert {(part["name"], part["version"]) for part in bill["components"]} == locked
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "aimodels"
    for part in bill["components"]:
        assert part["externalReferences"][0]["hashes"], part["name"]
