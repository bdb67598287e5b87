from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import views

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/<str:secret>", views.sign_in, name="sign-in"),
    path("sign-out", LogoutView.as_view(next_page="/admin/login/"), name="sign-out"),
]
