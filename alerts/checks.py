"""
System checks of alerts, for `manage.py check --deploy`.

alerts.W001  no message reaches a target: a variable is unset, or the mail server
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, register

from core.errors import ConfigError
from registry.state import models_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.config.alert_targets import Target

ID = "alerts.W001"
EXAMPLE = "smtp+tls://user:password@mail.example.org:587"


@register("alerts", deploy=True)
def check_targets(**kwargs: Any) -> list[CheckMessage]:
    try:
        targets = models_file.read(settings.MODELS_FILE).targets
    except ConfigError:
        return []  # registry.E001
    return [
        checks.Warning(f"The target {name} of alerts gets no messages: {why}.", hint=hint, id=ID)
        for name, why, hint in _silent(targets)
    ]


def _silent(targets: tuple[Target, ...]) -> Iterator[tuple[str, str, str]]:
    """Yield the targets that no message reaches: the name, why, and what to do."""
    for target in targets:
        if target.missing:
            yield target.name, target.lacks, "Set the variable where the portal starts."
        elif target.mail and not settings.SMTP_URL:
            yield target.name, "SMTP_URL is not set", f"Set SMTP_URL={EXAMPLE}."
