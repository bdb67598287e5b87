"""The last valid content of a file, for workers that start later."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from core.errors import ConfigError
from registry.state.models_file import read_bytes

logger = logging.getLogger(__name__)


class LastGood:
    """Keeps what `file` had when `check` last took it, in `copy`."""

    def __init__(self, file: Path, copy: Path, check: Callable[[bytes], object]) -> None:
        self._file = file
        self._copy = copy
        self._check = check
        self._source = b""

    def keep(self) -> None:
        """Keep the content, if it is new and valid."""
        try:
            source = read_bytes(self._file)
            if source != self._source:
                self._source = source
                self._check(source)
                self._write(source)
        except ConfigError:
            pass  # the workers log it
        except OSError as error:  # a full disk
            logger.error("The last valid %s could not be kept: %s", self._file.name, error)

    def _write(self, source: bytes) -> None:
        aside = self._copy.with_suffix(".new")
        aside.touch(mode=0o600)
        aside.write_bytes(source)
        aside.replace(self._copy)
