from __future__ import annotations

from django.urls import path

from chat import views as pages

urlpatterns = [
    path("", pages.new, name="home"),
    path("chat/conversations", pages.conversations, name="conversations"),
    path("chat/messages/<int:pk>", pages.message, name="message"),
    path("chat/<uuid:pk>", pages.conversation, name="conversation"),
    path("chat/<uuid:pk>/messages", pages.messages, name="messages"),
    path("chat/<uuid:pk>/title", pages.title, name="title"),
    path("chat/<uuid:pk>/delete", pages.delete, name="delete"),
    path("chat/<uuid:pk>.<str:kind>", pages.download, name="download"),
]
