"""Programs that some tests need beside Python: Debian's packages, which not every machine has."""

from __future__ import annotations

import shutil

import pytest


def needs(*programs: str) -> pytest.MarkDecorator:
    """Return a mark that skips a test if one of `programs` is not installed, and names it.

    `make test` installs their packages if it may: scripts/debian_packages.py.
    """
    missing = [program for program in programs if shutil.which(program) is None]
    reason = f"not installed, and no permission to install: {', '.join(missing)}"
    return pytest.mark.skipif(bool(missing), reason=reason)
