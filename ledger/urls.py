from __future__ import annotations

from django.urls import path

from ledger import views

urlpatterns = [
    path("usage", views.usage, name="usage"),
    path("usage.csv", views.usage_csv, name="usage-csv"),
]
