from __future__ import annotations

from django.urls import path

from sharing import views

urlpatterns = [
    path("chat/<uuid:pk>/share", views.share_conversation, name="share-conversation"),
    path("workflow/<int:pk>/share", views.share_inquiry, name="share-inquiry"),
    path("account/shares", views.shares, name="shares"),
    path("shared/<uuid:pk>", views.shared, name="shared"),
    path("shared/<uuid:pk>/take", views.take, name="take-shared"),
    path("shared/<uuid:pk>/revoke", views.revoke, name="revoke-share"),
]
