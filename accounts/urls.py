from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from accounts import tokens
from accounts.own import data, security
from accounts.pages import link
from accounts.pages.password import SignIn
from accounts.pages.sign_out import SignOut
from accounts.sign_in.confirm import confirm_page

urlpatterns = [
    path("sign-in", SignIn.as_view(), name="login"),
    *([path("", include("accounts.second_factor.urls"))] if settings.SECOND_FACTOR else []),
    *([path("", include("accounts.sso.urls"))] if settings.OIDC_ISSUER else []),
    path("sign-in/link", link.sign_in, name="sign-in"),
    path("sign-in/link/state", link.link_state, name="sign-in-state"),
    path("sign-out", SignOut.as_view(), name="sign-out"),
    path("account", data.account, name="account"),
    path("account/delete", data.delete, name="delete-data"),
    path("account/confirm", confirm_page, name="confirm"),
    path("account/password", security.password, name="password"),
    path("account/security", security.security, name="security"),
    path("account/sessions/end", security.end_session, name="end-session"),
    path("tokens", tokens.tokens, name="tokens"),
    path("tokens/<str:key>/revoke", tokens.revoke, name="revoke-token"),
]
