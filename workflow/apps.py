from __future__ import annotations

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    """Questions become SQL that was checked."""

    name = "workflow"
