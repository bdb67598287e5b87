"""Stores static files under names with hashes, so that browsers can cache them forever."""

from __future__ import annotations

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

ROOMS = ("portal", "chat", "registry", "workflow")
_, IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns  # type: ignore[attr-defined]


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also puts the hashed names into the imports of the portal's ES modules.

    Django's `support_js_module_import_aggregation` does so for every file, and fails at imports in
    comments of htmx's extensions. These are its patterns, for the folders of the portal alone.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        *((f"{room}/*.js", IMPORTS) for room in ROOMS),
    )
    max_post_process_passes = 20  # a pass can be needed for each level of imports
