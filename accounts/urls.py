from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from accounts import data, tokens, views
from accounts.forms import SignInForm

login = LoginView.as_view(
    template_name="accounts/login.html",
    authentication_form=SignInForm,
    redirect_authenticated_user=True,
)

urlpatterns = [
    path("sign-in", login, name="login"),
    path("sign-in/link", views.sign_in, name="sign-in"),
    path("sign-in/link/state", views.link_state, name="sign-in-state"),
    path("sign-out", LogoutView.as_view(next_page="login"), name="sign-out"),
    path("account", data.account, name="account"),
    path("account/delete", data.delete, name="delete-data"),
    path("tokens", tokens.tokens, name="tokens"),
    path("tokens/<str:key>/revoke", tokens.revoke, name="revoke-token"),
]
