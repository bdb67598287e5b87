from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.views import LoginView

from accounts.sign_in.forms import SignInForm

if TYPE_CHECKING:
    from django.contrib.auth.forms import AuthenticationForm
    from django.http import HttpResponse


class SignIn(LoginView):
    """The form for name and password, and a button for single sign-on."""

    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    extra_context = {"sso": settings.OIDC_NAME if settings.OIDC_ISSUER else ""}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        if not settings.SECOND_FACTOR:
            return super().form_valid(form)
        from accounts.second_factor.flow import go_on

        return go_on(self.request, form.get_user(), self.get_success_url())
