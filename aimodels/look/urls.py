from __future__ import annotations

from django.urls import path

from aimodels.look import brand, palette, theme

urlpatterns = [
    path("look/<str:mark>/logo", brand.logo, name="logo"),
    path("look/<str:mark>/colours.css", brand.colours, name="colours"),
    path("find", palette.find, name="find"),
    path("account/theme", theme.choose_theme, name="theme"),
]
