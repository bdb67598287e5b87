"""How many files and connections this process may have open."""

from __future__ import annotations

import logging
import resource
from contextlib import suppress

logger = logging.getLogger(__name__)
FEW = 4096


def raise_limit() -> None:
    """Raise the limit as far as the system lets this user, and warn if that is low.

    Shells and systemd start programs with 1,024. Each socket of a page is one, and each answer two.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):  # macOS does not take its own hard limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < FEW:
        logger.warning(
            "This process may open only %s files and connections. Raise the limit to %s or more: "
            "`ulimit -Hn` in a shell, LimitNOFILE in a systemd unit.", hard, FEW,
        )  # fmt: skip
