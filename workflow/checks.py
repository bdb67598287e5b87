"""
workflow.W001  the kernel lacks what confines processes that read SQL (only under --deploy)
"""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Tags, register

from queryexpr.gate import confinement

_HINT = "Linux 6.12 or newer has both. A container's profile for system calls can forbid them."


def unconfined() -> list[str]:
    """Return, as sentences, how processes that read SQL are not confined."""
    return [
        f"Processes that read people's SQL are not fully confined: this kernel has {fault}."
        for fault in confinement.missing()
    ]


@register(Tags.security, deploy=True)
def check_confinement(**kwargs: Any) -> list[CheckMessage]:
    return [checks.Warning(fault, hint=_HINT, id="workflow.W001") for fault in unconfined()]
