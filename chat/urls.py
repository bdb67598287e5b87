from __future__ import annotations

from django.urls import path

from chat.attachments import views as files
from chat.comparison import views as comparison
from chat.feedback.give import give
from chat.feedback.read import exchange, feedback
from chat.pages import instructions, listing, prompts, receipts, rendered, version_views, views

urlpatterns = [
    path("", views.new, name="home"),
    path("chat/temporary", views.temporary, name="temporary"),
    path("chat/rendered", rendered.rendered, name="rendered"),
    path("chat/conversations", listing.conversations, name="conversations"),
    path("chat/attachments", files.attachments, name="attachments"),
    path("chat/attachments/discard", files.discard_some, name="discard-attachments"),
    path("chat/attachments/<uuid:pk>", files.content, name="attachment"),
    path("chat/attachments/<uuid:pk>/text", files.text, name="attachment-text"),
    path("chat/messages/<int:pk>", views.message, name="message"),
    path("account/instructions", instructions.instructions, name="instructions"),
    path("prompts", prompts.saved, name="prompts"),
    path("prompts/offers", prompts.offers, name="prompt-offers"),
    path("prompts/<int:pk>", prompts.edit, name="prompt"),
    path("prompts/<int:pk>/delete", prompts.delete, name="delete-prompt"),
    path("compare", comparison.compare, name="compare"),
    path("compare/<uuid:pk>", comparison.compare, name="comparison"),
    path("compare/answers/<int:pk>", comparison.answer, name="compared-answer"),
    path("compare/answers/<int:pk>/keep", comparison.keep_answer, name="keep-answer"),
    path("feedback", feedback, name="feedback"),
    path("feedback/<int:pk>", exchange, name="feedback-exchange"),
    path("chat/messages/<int:pk>/feedback", give, name="give-feedback"),
    path("chat/messages/<int:pk>/choose", version_views.choose_version, name="choose-version"),
    path("chat/messages/<int:pk>/fork", version_views.fork_here, name="fork"),
    path("chat/receipts/<uuid:receipt>", receipts.of_receipt, name="answer-of-receipt"),
    path("chat/<uuid:pk>", views.conversation, name="conversation"),
    path("chat/<uuid:pk>/messages", views.messages, name="messages"),
    path("chat/<uuid:pk>/entry", listing.entry, name="entry"),
    path("chat/<uuid:pk>/title", listing.edit, {"field": "title"}, name="title"),
    path("chat/<uuid:pk>/folder", listing.edit, {"field": "folder"}, name="folder"),
    path("chat/<uuid:pk>/pin", listing.pin, name="pin"),
    path("chat/<uuid:pk>/delete", listing.delete, name="delete"),
    path("chat/<uuid:pk>.<str:kind>", views.download, name="download"),
]
