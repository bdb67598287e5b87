"""
What is measured. Each module has a class `Gateway`; to add one, copy one and list it in TARGETS.
"""

from __future__ import annotations

from bench.targets import (
    direct,
    litellm,
    litellm_tuned,
    mlflow,
    portal,
    portal_daphne,
    portkey,
)
from bench.targets.base import Target

MODULES = (portal, litellm_tuned, litellm, portkey, mlflow, portal_daphne, direct)
TARGETS: dict[str, type[Target]] = {module.Gateway.name: module.Gateway for module in MODULES}
