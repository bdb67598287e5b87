from __future__ import annotations

from django.urls import path

from registry.pages import views as pages

urlpatterns = [
    path("models", pages.models, name="models"),
    path("models/primary", pages.primary, name="models-primary"),
    path("models/probe", pages.probe, name="models-probe"),
    path("models/banner", pages.banner, name="models-banner"),
    path("models/options/<str:capability>", pages.model_options, name="model-options"),
]
