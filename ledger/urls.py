from __future__ import annotations

from django.urls import path

from ledger import views
from ledger.everyone import views as everyone
from ledger.receipts import views as receipts

urlpatterns = [
    path("usage", views.usage, name="usage"),
    path("receipts/<uuid:receipt>", receipts.receipt, name="receipt"),
    path("usage/all", everyone.usage, name="usage-all"),
    path("usage/all.csv", everyone.usage_csv, name="usage-all-csv"),
    path("usage/all.parquet", everyone.usage_parquet, name="usage-all-parquet"),
]
