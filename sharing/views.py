"""The pages of shares: to make one, to read one, and the list of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat.models import Conversation
from chat.pages.markdown import render as render_markdown
from chat.pages.reading import MAX_SHOWN
from core.http.decorators import access_of, page, user_of
from sharing.forms import ShareForm
from sharing.models import Share
from sharing.snapshots import as_inquiry, of_conversation, of_inquiry
from workflow import counts
from workflow.models import Inquiry
from workflow.page.kept import stored_view
from workflow.sources.loaded import sources

if TYPE_CHECKING:
    from collections.abc import Iterator


@require_http_methods(["GET", "HEAD", "POST"])
@page
def share_conversation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask with whom a conversation is shared; by POST, share it as it is now."""
    user = user_of(request)
    row = get_object_or_404(Conversation, user=user, pk=pk)
    return _share(request, of_conversation(user, row), reverse("conversation", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def share_inquiry(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask with whom a question is shared; by POST, share it as it is now."""
    user = user_of(request)
    share = of_inquiry(user, get_object_or_404(Inquiry.of(user), pk=pk))
    if share is None:
        raise Http404(gettext("This question has no query to share."))
    return _share(request, share, reverse("inquiry", args=[pk]))


def _share(request: HttpRequest, share: Share, back: str) -> HttpResponse:
    form = ShareForm(user_of(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save(share)
        messages.success(request, gettext("“{title}” is shared.").format(title=share.title))
        return redirect("shares")
    return render(request, "sharing/new.html", {"form": form, "share": share, "back": back})


@require_safe
@page
def shares(request: HttpRequest) -> HttpResponse:
    """Show what the user shares, and with whom."""
    user = user_of(request)
    readers = Prefetch("groups", user.groups.all(), to_attr="readers")
    rows = [
        (row, request.build_absolute_uri(reverse("shared", args=[row.pk])))
        for row in Share.of(user).defer("content").prefetch_related("groups", readers)
    ]
    return render(request, "sharing/shares.html", {"rows": rows})


@require_POST
@page
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Delete a share of the user's: from now on its page is not there."""
    get_object_or_404(Share.of(user_of(request)), pk=pk).delete()
    return HttpResponse()


@require_safe
@page
def shared(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what is shared, as far as the reader may see what it is about."""
    share = _readable(request, pk)
    context = {"share": share, "hidden": not _may_see(request, share)}
    if not context["hidden"]:
        context |= {"shared_messages": list(_messages(share))} if share.conversation_id else {
            "query": stored_view(as_inquiry(share, user_of(request)), None),
            "schema": share.content["schema"],
        }  # fmt: skip
    return render(request, "sharing/shared.html", context)


@require_POST
@page
def take(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Copy a shared question to the reader's own, where they edit and run it."""
    share = _readable(request, pk)
    user = user_of(request)
    if share.inquiry_id is None or not _may_see(request, share):
        raise Http404
    if full := counts.inquiries(user).full:
        messages.error(request, full)
        return redirect("shared", pk)
    row = as_inquiry(share, user)
    row.save()
    return redirect("inquiry", row.pk)


def _readable(request: HttpRequest, pk: UUID) -> Share:
    rows = Share.readable(user_of(request)).select_related("user", "conversation")
    return get_object_or_404(rows, pk=pk)


def _may_see(request: HttpRequest, share: Share) -> bool:
    """May the reader use the data source that the share is about, if any?"""
    seen = {source.name for source in sources().visible(access_of(request))}
    return not share.source or share.source in seen


def _messages(share: Share) -> Iterator[dict[str, Any]]:
    for message in share.content["messages"]:
        is_answer = message["role"] == "assistant"
        shown = message["content"][:MAX_SHOWN]
        html = render_markdown(shown) if is_answer else ""
        cut = len(message["content"]) - len(shown)
        note = gettext(message["note"]) if message["note"] else ""
        yield {
            **message,
            "content": shown,
            "is_answer": is_answer,
            "html": html,
            "cut": cut,
            "note": note,
        }
