"""What the palette (Ctrl+K) finds: pages, and the reader's conversations and models."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from chat.pages.listing import own
from core.http.decorators import groups_of, page
from registry.pages.overview import rows
from registry.state.service import service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

MAX_ENTRIES = 8  # of a kind
PAGES = (("home", _("New conversation")), ("temporary", _("Temporary conversation")),
         ("compare", _("Compare models")), ("workflow", _("Ask your data")),
         ("models", _("Models")), ("prompts", _("My prompts")),
         ("instructions", _("My instructions")), ("tokens", _("Tokens")),
         ("usage", _("What I used")),
         ("developers", _("Developers")), ("docs", _("API reference")), ("account", _("Account")),
         ("shares", _("What I share")), ("security", _("How I sign in")))  # fmt: skip

# What else a page is called: in the menu, or by what is on it.
MENU = {"usage": _("Usage"), "security": _("password, sessions.")}


class Entry(NamedTuple):
    """A place to go to. `words` find it beside its title."""

    url: str
    title: str
    words: str = ""

    def has(self, words: list[str]) -> bool:
        text = f"{self.title} {self.words}".lower()
        return all(word in text for word in words)


@require_safe
@page
def find(request: HttpRequest) -> HttpResponse:
    """Return the entries that have all words of `q`, by kind."""
    words = request.GET.get("q", "").replace("\0", "")[:200].lower().split()
    kinds = {
        gettext("Pages"): _pages(request),
        gettext("Conversations"): _conversations(request, words),
        gettext("Models"): _models(request) if words else [],
    }
    found = {
        kind: [entry for entry in entries if entry.has(words)] for kind, entries in kinds.items()
    }
    groups = [(kind, entries[:MAX_ENTRIES]) for kind, entries in found.items() if entries]
    return render(request, "look/_found.html", {"groups": groups})


def _pages(request: HttpRequest) -> Iterator[Entry]:
    for name, title in PAGES:
        yield Entry(reverse(name), str(title), f"{reverse(name)} {MENU.get(name, '')}")
    if getattr(request.user, "is_staff", False):
        yield Entry(reverse("admin:index"), gettext("Admin"))


def _conversations(request: HttpRequest, words: list[str]) -> Iterator[Entry]:
    matches = own(request)
    for word in words:
        matches = matches.filter(title__icontains=word)
    for pk, title in matches.values_list("pk", "title")[:MAX_ENTRIES]:
        yield Entry(reverse("conversation", args=[pk]), title)


def _models(request: HttpRequest) -> Iterator[Entry]:
    for row in rows(service.current, groups_of(request)):
        yield Entry(reverse("models"), f"{row.model.title} ({row.model.id})")
