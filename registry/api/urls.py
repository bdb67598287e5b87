from __future__ import annotations

from django.urls import path

from registry.api import healthchecks as probes
from registry.api import operator_views as operations
from registry.api import views

urlpatterns = [
    path("healthz", probes.HealthView.as_view()),
    path("readyz", probes.ReadyView.as_view()),
    path("metrics", probes.MetricsView.as_view()),
    path("v1/ai/models", views.ModelViewSet.as_view({"get": "list"})),
    path("v1/ai/models/status", views.ModelViewSet.as_view({"get": "status"})),
    path("v1/ai/models/primary", operations.OperatorViewSet.as_view({"post": "primary"})),
    path("v1/ai/models/primary/reset", operations.OperatorViewSet.as_view({"post": "reset"})),
    path("v1/ai/models/reload", operations.OperatorViewSet.as_view({"post": "reload"})),
    path("v1/ai/models/dry-run", operations.OperatorViewSet.as_view({"post": "dry_run"})),
    path("v1/models", views.OpenAIModelViewSet.as_view({"get": "list"})),
    path("v1/models/<path:model>", views.OpenAIModelViewSet.as_view({"get": "retrieve"})),
]
