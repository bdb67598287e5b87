"""Reading models.yaml from the disk."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings

from core.errors import ConfigError, Problem
from core.yaml.text import MAX_BYTES
from registry.config.load import Config, load_config
from registry.weights.places import absent

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path) -> Config:
    """Return the configuration in the file at `path`. Raises ConfigError, which names the file."""
    return load(read_bytes(path), path.name)


def load(source: bytes, file: str) -> Config:
    """Return the configuration in `source`, with what this machine lacks for it.

    Raises ConfigError, which names `file`.
    """
    config = load_config(source, os.environ, file)
    return replace(config, absent=absent(config.models))


def read_bytes(path: Path) -> bytes:
    """Return a file's content, up to a little over the limit. Raises ConfigError.

    A command may read a pipe; models.yaml may not be one, because it is read repeatedly.
    """
    try:
        if not (path.is_file() or (path.is_fifo() and path != settings.MODELS_FILE)):
            raise ConfigError([Problem(0, 0, _absent(path))], path.name)
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            [Problem(0, 0, f"The file cannot be read: {error.strerror}.")], path.name
        ) from None


def _absent(path: Path) -> str:
    what = "This is not a file" if path.exists() else "There is no such file"
    advice = " Set MODELS_FILE to the path of models.yaml." if path == settings.MODELS_FILE else ""
    return f"{what} ({path}).{advice}"
