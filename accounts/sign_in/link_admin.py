"""
The admin's pages of people: a button makes a sign-in link, which the answer shows.

A link and a password for someone need a recent sign-in. Only superusers decide what people may do,
and change those who may do more than others: no one else gets more power here than they have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from accounts.models import SignInLink
from accounts.powerful import is_powerful
from accounts.sign_in.confirm import confirmed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.urls import URLPattern

POWER = ("is_staff", "is_superuser", "groups", "user_permissions")
admin.site.unregister(User)


def may_make_link(maker: Any, user: User) -> bool:
    """A link is as good as the person: no one may get more power by one than they have."""
    allowed = maker.has_perm("auth.change_user") and (maker.is_superuser or not is_powerful(user))
    return bool(user.is_active and allowed)


def _is_within_reach(maker: Any, user: User | None) -> bool:
    return user is None or maker.is_superuser or not is_powerful(user)


def _without_password(fields: Iterable[Any]) -> list[Any]:
    return [field for field in fields if field != "password"]


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Django's page of users, with the button."""

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _is_within_reach(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_within_reach(request.user, obj)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Return the fields; the password, which is a button, only for those who may set it."""
        sets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return sets
        return [
            (title, {**part, "fields": _without_password(part["fields"])}) for title, part in sets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, *POWER)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.make_link)
        at = path("<int:pk>/sign-in-link", view, name="auth_user_sign_in_link")
        return [at, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        user = self.get_object(request, object_id)
        context = {
            **(extra_context or {}),
            "may_make_link": user and may_make_link(request.user, user),
        }
        return super().change_view(request, object_id, form_url, context)

    @method_decorator([confirmed, sensitive_post_parameters()])  # type: ignore[list-item]
    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 — Django's name
        form_url: str = "",
    ) -> HttpResponse:
        return super().user_change_password(request, id, form_url)

    @method_decorator([never_cache, require_POST, confirmed, sensitive_variables("link")])  # type: ignore[list-item]
    def make_link(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a link and show it, once."""
        user = get_object_or_404(User, pk=pk)
        if not may_make_link(request.user, user):
            raise PermissionDenied
        link = request.build_absolute_uri(SignInLink.make(user))
        return render(request, "accounts/link_made.html", {"link": link, "person": user})
