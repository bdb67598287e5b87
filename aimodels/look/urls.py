from __future__ import annotations

from django.urls import path

from aimodels.look import brand, theme

urlpatterns = [
    path("look/<str:mark>/logo", brand.logo, name="logo"),
    path("look/<str:mark>/colours.css", brand.colours, name="colours"),
    path("account/theme", theme.choose_theme, name="theme"),
]
