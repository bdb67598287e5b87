from __future__ import annotations

from django.urls import path

from accounts.sso import views

urlpatterns = [
    path("sign-in/sso", views.start, name="sso"),
    path("sign-in/sso/callback", views.callback, name="sso-callback"),
]
