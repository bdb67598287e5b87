"""Each text of models.yaml that was in use is stored once, and can be read later."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from registry.config.load import revision_of
from registry.models import Revision
from registry.state.service import service
from registry.workers.revisions import Revisions
from tests.registry.config.loading import GOOD

pytestmark = pytest.mark.django_db
OTHER = GOOD.replace("  defaults", "  # all\n  defaults")


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: None) -> list[str]:
    """Two revisions, and the first one again; two workers saw each. Return their IDs."""
    monkeypatch.setattr(settings, "MODELS_FILE", tmp_path / "models.yaml")
    workers = [Revisions(), Revisions()]
    for hour, text in enumerate((GOOD, OTHER, GOOD), 10):
        service.load(text.encode())
        service.loaded_at = int(datetime(2026, 12, 24, hour, tzinfo=UTC).timestamp())
        for name, worker in zip("ab", workers, strict=True):
            worker.store(name)
            worker.store(name)
    return list(Revision.objects.order_by("at").values_list("revision", flat=True))


def test_a_reload_meanwhile_mixes_no_texts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "MODELS_FILE", tmp_path / "models.yaml")
    service.load(GOOD.encode())

    def reload(*_: object) -> bool:
        service.load(OTHER.encode())
        return True

    monkeypatch.setattr("registry.workers.revisions._may_store", reload)
    Revisions().store("a")
    row = Revision.objects.get()
    assert row.revision == revision_of(GOOD.encode())
    assert "# all" not in row.text


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("models", *arguments)
    return capsys.readouterr().out


def test_each_time_of_a_revision_is_a_row(stored: list[str]) -> None:
    assert len(stored) == 3
    assert stored[0] == stored[2] != stored[1]


def test_the_text_of_a_time_is_printed(
    stored: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(capsys, "at", "2026-12-24T11:59") == OTHER.rstrip() + "\n"
    assert printed(capsys, "at", "2026-12-24T11:59+01:00") == GOOD.rstrip() + "\n"
    assert printed(capsys, "at", stored[1]) == OTHER.rstrip() + "\n"
    with pytest.raises(CommandError, match="No revision is known of 2026-12-23"):
        call_command("models", "at", "2026-12-23")
    with pytest.raises(CommandError, match="is no revision that was stored"):
        call_command("models", "at", "nothing")


def test_two_revisions_are_compared(stored: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert "\n+  # all\n" in printed(capsys, "diff", *stored[:2])
    assert printed(capsys, "diff", stored[0], stored[2]) == "changes nothing\n"
