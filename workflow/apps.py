from __future__ import annotations

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    """Questions become SQL that was checked."""

    name = "workflow"

    def ready(self) -> None:
        from workflow import checks, personal_data  # noqa: F401 — importing registers them
