from __future__ import annotations

from django.urls import path

from aimodels.reference import views

urlpatterns = [
    path("docs", views.docs, name="docs"),
    path("docs/openapi.json", views.download, {"suffix": "json"}, name="openapi-json"),
    path("docs/openapi.yaml", views.download, {"suffix": "yaml"}, name="openapi-yaml"),
]
