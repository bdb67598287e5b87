from __future__ import annotations

from django.urls import path

from workflow import views
from workflow.page import views as pages

urlpatterns = [
    path("v1/ir/schema", views.QueryExpressionViewSet.as_view({"get": "retrieve"})),
    path("workflow", pages.new, name="workflow"),
    path("workflow/confirmed", pages.confirmed, name="confirmed"),
    path("workflow/<int:pk>", pages.inquiry, name="inquiry"),
]
