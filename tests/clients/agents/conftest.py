"""What the tests of all agents share: a project to edit, and a prompt with steps."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

BEFORE = 'def greet():\n    return "hi"\n'


@pytest.fixture(params=["oai", "oll"])
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a file to edit, greet.py."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "greet.py").write_text(BEFORE)
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "Greet"]):
        name = ["-c", "user.name=ann", "-c", "user.email=ann@example.org"]
        subprocess.run(["git", *name, *command], cwd=folder, check=True)
    return folder


@pytest.fixture
def prompt() -> Callable[..., str]:
    """Return the prompt on which the model takes these steps: see tests/support/replies.py."""

    def of(*steps: Any) -> str:
        coded = base64.b64encode(json.dumps(steps).encode()).decode()
        return f"Change the greeting. <steps>{coded}</steps>"

    return of
