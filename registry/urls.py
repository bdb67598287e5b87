from __future__ import annotations

from django.urls import path

from registry import views

urlpatterns = [
    path("healthz", views.HealthView.as_view()),
    path("readyz", views.ReadyView.as_view()),
    path("metrics", views.MetricsView.as_view()),
    path("v1/ai/models", views.ModelViewSet.as_view({"get": "list"})),
    path("v1/ai/models/status", views.ModelViewSet.as_view({"get": "status"})),
    path("v1/ai/models/primary", views.ModelViewSet.as_view({"post": "primary"})),
    path("v1/models", views.OpenAIModelViewSet.as_view({"get": "list"})),
    path("v1/models/<path:model>", views.OpenAIModelViewSet.as_view({"get": "retrieve"})),
]
