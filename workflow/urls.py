from __future__ import annotations

from django.urls import path

from workflow import pages, views

urlpatterns = [
    path("v1/ir/schema", views.QueryExpressionViewSet.as_view({"get": "retrieve"})),
    path("workflow", pages.new, name="workflow"),
    path("workflow/<int:pk>", pages.inquiry, name="inquiry"),
    path("workflow/<int:pk>/delete", pages.delete, name="inquiry-delete"),
    path("workflow/schemas", pages.save_schema, name="schemas"),
    path("workflow/schemas/<int:pk>/delete", pages.delete_schema, name="schema-delete"),
]
