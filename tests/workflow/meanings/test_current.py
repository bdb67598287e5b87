"""The file of meanings is followed while the portal runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError
from workflow.meanings import current as module
from workflow.meanings.current import CurrentMeanings
from workflow.sources import loaded

SOURCES = "sources:\n  followed: {url: sqlite:////srv/a.db, groups: [a], tables: [orders]}\n"
GOOD = "meanings:\n  followed:\n    measures:\n      revenue: SUM(orders.total)\n"


@pytest.fixture
def beside(settings: Any, tmp_path: Path) -> Any:
    (tmp_path / "sources.yaml").write_text(SOURCES)
    settings.SOURCES_FILE = str(tmp_path / "sources.yaml")
    loaded.current.forget()
    yield tmp_path / "meanings.yaml"
    loaded.current.forget()


def measures(current: CurrentMeanings) -> list[str]:
    known = current.of("followed")
    return [*known.config.measures] if known else []


def test_an_edit_is_loaded_once_two_checks_see_it_and_a_bad_one_changes_nothing(
    beside: Path,
) -> None:
    current = CurrentMeanings()
    assert measures(current) == []
    beside.write_text(GOOD)
    current.look()
    assert measures(current) == []
    current.look()
    assert measures(current) == ["revenue"]
    beside.write_text(GOOD.replace("SUM(", "SUM(("))
    current.look()
    current.look()
    assert measures(current) == ["revenue"]
    assert current.rejected
    assert str(current.rejected).startswith("meanings.yaml:4:33  ")
    beside.unlink()
    current.look()
    current.look()
    assert measures(current) == []
    assert current.rejected is None


def test_the_setting_names_another_file(beside: Path, settings: Any) -> None:
    settings.MEANINGS_FILE = str(beside.with_name("ours.yaml"))
    with pytest.raises(ConfigError, match=r"^ours\.yaml  There is no such file"):
        module.read_file()
