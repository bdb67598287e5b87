"""A decorator for pages that need a signed-in user."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from core.auth import principals

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User

    from core.access import Access, Groups

P = ParamSpec("P")


def page(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Require a signed-in user, and forbid caching: a page must not stay after signing out.

    htmx would swap the sign-in page into a part of the page, so its requests get a 401 instead.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if "HX-Request" in request.headers:
            return HttpResponse(status=401)
        return redirect_to_login(request.get_full_path())

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", never_cache(wrapped))


def user_of(request: HttpRequest) -> User:
    """Return the user of a `page`."""
    return cast("User", request.user)


def access_of(request: HttpRequest) -> Access:
    return principals.access_of(user_of(request))


def groups_of(request: HttpRequest) -> Groups | None:
    return principals.groups_of(user_of(request))
