from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """Django's admin, with the registry's pages in it."""

    default_site = "registry.admin.site.PortalAdminSite"
