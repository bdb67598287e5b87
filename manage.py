#!/usr/bin/env python
"""Django's command-line entry point."""

from __future__ import annotations

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aimodels.settings")
    try:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"The folder {error.filename} cannot be made: {error.strerror}. Set VAR_DIR.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
