"""The portal's command line: `manage.py` in a checkout, `aimodels` in an installed portal."""

from __future__ import annotations

import gc
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from aimodels.paths import HOME
from aimodels.private_files import make_private
from aimodels.secret_key import ensure_secret_key

COLLECT_AFTER = 50_000  # objects: imports free little, and took a tenth longer
WRITE_A_KEY = ("init", "start")  # they create a SECRET_KEY if there is none


def main() -> None:
    """Run the command in `sys.argv`. Exits with one sentence if the settings are invalid."""
    gc.set_threshold(COLLECT_AFTER)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aimodels.settings")
    try:
        if (
            sys.argv[1:] and sys.argv[1] in WRITE_A_KEY
        ):  # before the settings load, which raise without one
            ensure_secret_key(HOME / ".env")
        make_private(settings.VAR_DIR)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{error.filename} cannot be created: {error.strerror}. Set VAR_DIR.")
    execute_from_command_line(sys.argv)
