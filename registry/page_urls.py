from __future__ import annotations

from django.urls import path

from registry import pages

urlpatterns = [
    path("models", pages.models, name="models"),
    path("models/options/<str:capability>", pages.model_options, name="model-options"),
]
