from __future__ import annotations

from django.urls import path

from registry.pages import switch_page, views

urlpatterns = [
    path("models", views.models, name="models"),
    path("models/primary", views.primary, name="models-primary"),
    path("models/switch", switch_page.switch, name="models-switch"),
    path("models/probe", views.probe, name="models-probe"),
    path("models/banner", views.banner, name="models-banner"),
    path("models/options/<str:capability>", views.model_options, name="model-options"),
]
