from __future__ import annotations

from django.urls import path

from registry.api import budgets, healthchecks, operator_views, views

urlpatterns = [
    path("healthz", healthchecks.HealthView.as_view()),
    path("readyz", healthchecks.ReadyView.as_view()),
    path("metrics", healthchecks.MetricsView.as_view()),
    path("v1/ai/models", views.ModelViewSet.as_view({"get": "list"})),
    path("v1/ai/models/status", views.ModelViewSet.as_view({"get": "status"})),
    path("v1/ai/models/primary", operator_views.OperatorViewSet.as_view({"post": "primary"})),
    path("v1/ai/models/primary/reset", operator_views.OperatorViewSet.as_view({"post": "reset"})),
    path("v1/ai/models/reload", operator_views.OperatorViewSet.as_view({"post": "reload"})),
    path("v1/ai/models/dry-run", operator_views.OperatorViewSet.as_view({"post": "dry_run"})),
    path("v1/ai/budgets", budgets.BudgetViewSet.as_view({"get": "list"})),
    path("v1/models", views.OpenAIModelViewSet.as_view({"get": "list"})),
    path("v1/models/<path:model>", views.OpenAIModelViewSet.as_view({"get": "retrieve"})),
]
