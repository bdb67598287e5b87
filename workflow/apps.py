from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowConfig(AppConfig):
    """Questions become SQL that was checked."""

    name = "workflow"
    verbose_name = _("Workflow")

    def ready(self) -> None:
        from workflow import checks  # noqa: F401 — importing registers them
