"""Django's routes. Those that wait for a model are plain ASGI routes, in `aimodels.dispatch`."""

from __future__ import annotations

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView
from rest_framework.permissions import IsAuthenticated

from aimodels import openapi  # noqa: F401 — importing it registers its hooks with drf-spectacular
from aimodels.developers.views import developers
from aimodels.openapi.views import SchemaView

admin.autodiscover()
urlpatterns = [
    path("", include("registry.api.urls")),
    path("", include("registry.pages.urls")),
    path("", include("accounts.urls")),
    path("", include("aimodels.look.urls")),
    path("", include("chat.urls")),
    path("", include("workflow.page.urls")),
    path("", include("sharing.urls")),
    path("", include("ledger.urls")),
    path("", include("ledger.receipts.urls")),
    path("", include("aimodels.reference.urls")),
    path("v1/schema", SchemaView.as_view(permission_classes=[IsAuthenticated]), name="schema"),
    path("developers", developers, name="developers"),
    path("admin/", admin.site.urls),
    path("favicon.ico", RedirectView.as_view(url=lazy(static, str)("portal/favicon.svg"))),
]

handler400 = "aimodels.errors.bad_request"
handler403 = "aimodels.errors.forbidden"
handler404 = "aimodels.errors.not_found"
handler500 = "aimodels.errors.failed"
