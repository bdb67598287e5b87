"""An edit of models.yaml with a mistake: the last good version stays in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from alerts.found import Found, digest
from registry.state.service import service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.snapshot import Registry

KIND = "file_rejected"
MAX_PROBLEMS = 10


def find(registry: Registry) -> Iterator[Found]:
    rejected, file = service.rejected, settings.MODELS_FILE.name
    if rejected is None:
        return
    problems = list(rejected.problems)
    shown = problems[:MAX_PROBLEMS]
    if more := len(problems) - len(shown):
        shown.append(f"… and {more} more")
    first = f"{file} was not loaded; revision {registry.revision} stays in use:"
    text = "\n  ".join([first, *shown])
    details = {"file": file, "revision": registry.revision, "problems": problems[:MAX_PROBLEMS]}
    yield Found(KIND, file, digest(problems), text, details)
