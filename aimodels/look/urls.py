from __future__ import annotations

from django.urls import path

from aimodels.look import brand, language, palette, theme

urlpatterns = [
    path("look/<str:mark>/logo", brand.logo, name="logo"),
    path("look/<str:mark>/colours.css", brand.colours, name="colours"),
    path("look/<str:language>/<str:mark>/words.js", language.words, name="words"),
    path("find", palette.find, name="find"),
    path("account/theme", theme.choose_theme, name="theme"),
    path("account/language", language.choose_language, name="language"),
]
