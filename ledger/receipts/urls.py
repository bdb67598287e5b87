from __future__ import annotations

from django.urls import path

from ledger.receipts.api import ReceiptViewSet

urlpatterns = [
    path("v1/ai/receipts", ReceiptViewSet.as_view({"get": "list"})),
    path("v1/ai/receipts/<uuid:receipt>", ReceiptViewSet.as_view({"get": "retrieve"})),
]
