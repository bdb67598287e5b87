from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from accounts import tokens, views

login = LoginView.as_view(template_name="accounts/login.html", redirect_authenticated_user=True)

urlpatterns = [
    path("sign-in", login, name="login"),
    path("sign-in/<str:secret>", views.sign_in, name="sign-in"),
    path("sign-out", LogoutView.as_view(next_page="login"), name="sign-out"),
    path("tokens", tokens.tokens, name="tokens"),
    path("tokens/<str:key>/revoke", tokens.revoke, name="revoke-token"),
]
