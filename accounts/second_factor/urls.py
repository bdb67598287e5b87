from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.http import HttpResponse
from django.urls import path
from django.views.generic import RedirectView

from accounts.second_factor.flow import code_page
from accounts.sign_in.confirm import confirmed
from core.http.decorators import page


def guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask who it is before a page that shows or changes secrets."""
    return page(confirmed(view))


urlpatterns = [
    path("sign-in/code", code_page, name="mfa_authenticate"),
    path("sign-in/again", RedirectView.as_view(pattern_name="login"), name="account_login"),
    path("account/code", page(base.index), name="mfa_index"),
    path("account/code/on", guarded(totp.activate_totp), name="mfa_activate_totp"),
    path("account/code/off", guarded(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/code/spare", guarded(recovery.view_recovery_codes),
         name="mfa_view_recovery_codes"),
    path("account/code/spare/new", guarded(recovery.generate_recovery_codes),
         name="mfa_generate_recovery_codes"),
]  # fmt: skip
