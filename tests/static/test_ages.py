"""The server writes ages in the same words as the pages' scripts."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from registry.templatetags.ages import ago

CASES = json.loads((Path(__file__).parent / "ages.json").read_text())


@pytest.mark.parametrize(("age", "words"), CASES)
def test_ages_are_those_of_the_scripts(
    age: float, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0)
    assert ago(1_800_000_000.0 - age) == words
