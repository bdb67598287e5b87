"""
Django's admin, with additional pages about the registry.

They are read-only: models are listed in models.yaml. All staff see models, providers and defaults;
the other pages, and every action, need the permission `registry.operate`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from core.auth.principals import OPERATE
from registry.admin import views
from registry.admin.front import front_page
from registry.admin.record import ChangeAdmin
from registry.models import Change

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.template.response import TemplateResponse
    from django.urls import URLPattern, URLResolver
    from django.utils.functional import _StrPromise as StrPromise

PAGES = [
    ("models", _("Models"), views.models, False),
    ("providers", _("Providers and health"), views.providers, False),
    ("defaults", _("Defaults and primaries"), views.defaults, False),
    ("workers", _("Workers"), views.workers, True),
    ("configuration", _("Configuration"), views.configuration, True),
    ("dry-run", _("Try an edit"), views.try_edit, True),
]  # address, title, view, for operators only? `add_page` adds those of other packages
ACTIONS = (
    ("primary", views.switch),
    ("probe", views.probe),
    ("reload", views.reload),
)


def add_page(address: str, title: StrPromise, view: views.View) -> None:
    """Add a page for operators. Call it when the apps are loaded, before addresses are."""
    if address not in {known for known, *_ in PAGES}:
        PAGES.append((address, title, view, True))


class PortalAdminSite(AdminSite):
    """The admin site of the portal."""

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.site_header = self.site_title = settings.PORTAL_NAME
        # Not with @admin.register: importing this module imports the package, so that the decorator
        # would run before this site is the default one, and register with another.
        self.register(Change, ChangeAdmin)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show how things are, and Django's list."""
        return super().index(request, {**(extra_context or {}), "front": front_page(request)})

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send people to the portal's own page, so that there is one way to sign in."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send people to the portal's own page: Django's would check guesses without a limit."""
        return redirect("password")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        def at(address: str, view: Any, name: str, operators: bool) -> URLPattern:
            guarded = self.admin_view(views.for_operators(view) if operators else view)
            return path(f"registry/{address}", guarded, name=f"registry-{name}")

        return [
            *(at(f"{name}/", view, name, operators) for name, _, view, operators in PAGES),
            at("models/<path:model>", views.model, "model", False),
            *(at(f"actions/{name}", view, name, True) for name, view in ACTIONS),
            *super().get_urls(),
        ]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return Django's list, with the registry's pages in "AI models"."""
        apps = super().get_app_list(request, app_label)
        if app_label not in (None, "registry"):
            return apps
        ours = next((app for app in apps if app["app_label"] == "registry"), None)
        if ours is None:
            ours = _empty_app()
            apps.insert(0, ours)
        ours["models"] = [*_entries(request), *ours["models"]]
        return apps


def _empty_app() -> dict[str, Any]:
    return {
        "name": _("AI models"),
        "app_label": "registry",
        "app_url": reverse("admin:index"),
        "has_module_perms": True,
        "models": [],
    }


def _entries(request: HttpRequest) -> list[dict[str, Any]]:
    operates = request.user.has_perm(OPERATE)
    return [
        {
            "name": title,
            "object_name": name,
            "admin_url": reverse(f"admin:registry-{name}"),
            "add_url": None,
            "view_only": True,
            "perms": {"view": True},
        }
        for name, title, _, operators in PAGES
        if operates or not operators
    ]
