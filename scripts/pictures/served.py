"""Which models the portal of the pictures serves."""

from __future__ import annotations

from pathlib import Path

import yaml

FILE = Path(__file__).parent / "models.yaml"
_PROVIDERS = yaml.safe_load(FILE.read_text())["models"]
IDS = [
    f"{provider}:{name}"
    for provider, section in _PROVIDERS.items()
    for name in section.get("registry", ())
]
