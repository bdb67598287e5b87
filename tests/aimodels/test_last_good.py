"""The last valid file is kept for workers that start later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aimodels.management.commands.serve import begin_sources
from aimodels.serve.last_good import LastGood
from core.errors import ConfigError
from workflow.sources.config.load import read
from workflow.sources.loaded import current

GOOD = b"sources:\n  sales: {url: 'sqlite:////srv/a.db', groups: [a], tables: [t]}\n"


def test_a_valid_file_is_kept_and_an_invalid_one_is_not(tmp_path: Path) -> None:
    file, copy = tmp_path / "sources.yaml", tmp_path / "kept.yaml"
    kept = LastGood(file, copy, lambda source: read(source, {}))
    kept.keep()
    assert not copy.exists()
    for content in (GOOD, b"sources: ["):
        file.write_bytes(content)
        kept.keep()
        assert copy.read_bytes() == GOOD
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_worker_begins_with_the_kept_file_if_the_file_is_invalid(
    tmp_path: Path, settings: Any
) -> None:
    file, copy = tmp_path / "sources.yaml", tmp_path / "kept.yaml"
    file.write_bytes(b"sources: [")
    settings.SOURCES_FILE = str(file)
    current.forget()
    try:
        with pytest.raises(ConfigError):
            begin_sources(copy)
        copy.write_bytes(GOOD)
        begin_sources(copy)
        assert "sales" in current.known.all
    finally:
        current.forget()
