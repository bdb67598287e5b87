from __future__ import annotations

from typing import Any

from django.contrib.admin import autodiscover
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks
from django.core.checks import CheckMessage, Tags


class PortalAdminConfig(SimpleAdminConfig):
    """Django's admin, with the registry's pages in it. Its pages load with the other addresses."""

    default_site = "registry.admin.site.PortalAdminSite"

    def ready(self) -> None:
        checks.register(check_dependencies, Tags.admin)
        checks.register(check_pages, Tags.admin)


def check_pages(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Check the pages of all apps, which are loaded for it."""
    autodiscover()
    found: list[CheckMessage] = check_admin_app(app_configs, **options)
    return found
