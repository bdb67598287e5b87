"""The project's settings, with what a test run needs before they are read."""

from __future__ import annotations

import os
import secrets
import tempfile

os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="aimodels-tests-")  # one for each process

from aimodels.settings import *  # noqa: F403

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
# Threads of a test cannot close their connections to a database in memory: Django keeps it open.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}  # noqa: F405
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
PROBE_SECONDS = RELOAD_SECONDS = 0.0
