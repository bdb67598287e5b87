"""The part of `manage.py models` that fetches model files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from django.conf import settings

from core.errors import PortalError
from core.text import did_you_mean, listing, quote
from registry.state import models_file
from registry.weights.fetch import fetch
from registry.weights.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path


def fetch_of(name: str) -> Path:
    """Fetch the model file of the provider `name`, with progress on standard error.

    Raises PortalError `provider_not_found`, and WeightsError.
    """
    sections = models_file.read(settings.MODELS_FILE).models.providers
    able = {name: section.serve for name, section in sections.items() if section.serve}
    if name not in able:
        message = f"{quote(name)} has no `serve:`.{did_you_mean(name, able)}"
        raise PortalError(
            "provider_not_found", f"{message} Providers with `serve:`: {listing(able)}."
        )
    return fetch(name, able[name], Progress(sys.stderr, able[name].size or 0))
