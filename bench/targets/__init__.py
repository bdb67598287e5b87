"""
What is measured. Each module has a class `Gateway`; to add one, copy one and list it in TARGETS.
"""

from __future__ import annotations

from bench.targets import (
    direct,
    ferro,
    litellm,
    litellm_tuned,
    mlflow,
    nginx,
    portal,
    portal_daphne,
    portkey,
    rolter,
    tensorzero,
)
from bench.targets.base import Target

MODULES = (
    portal, rolter, tensorzero, ferro, litellm_tuned, litellm, portkey, mlflow, portal_daphne,
    nginx, direct,
)  # fmt: skip
TARGETS: dict[str, type[Target]] = {module.Gateway.name: module.Gateway for module in MODULES}
