from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from registry.weights import download


@pytest.fixture(autouse=True)
def var(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """VAR_DIR, and no pause before another try."""
    settings.VAR_DIR = tmp_path / "var"
    settings.MODELS_FILE = tmp_path / "models.yaml"
    monkeypatch.setattr(download, "FIRST_PAUSE", 0.001)
    return tmp_path / "var"
