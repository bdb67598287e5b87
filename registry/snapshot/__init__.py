"""All models, at one moment: `build` makes a `Registry` from a configuration."""

from __future__ import annotations

from registry.snapshot.from_config import build
from registry.snapshot.registry import Registry

__all__ = ["Registry", "build"]
