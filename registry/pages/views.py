"""The pages about models: the list with health and defaults, and the options of dropdowns."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from core.auth.principals import OPERATE
from core.errors import PortalError
from core.http.decorators import groups_of, page, user_of
from core.http.refusals import refused
from core.plain_errors import message_of
from registry.health.monitor import monitor
from registry.models import Change
from registry.pages import cards, overview
from registry.pages.choices import choices, warning
from registry.pages.switch_page import confirmation
from registry.pages.switching import switch_primary
from registry.state.service import service
from registry.suggested_prices import hints

if TYPE_CHECKING:
    from registry.snapshot import Registry

MAX_CHANGES = 5  # that the page shows
MAX_SEARCHED = 50  # changes among which visible ones are searched


@require_safe
@page
def models(request: HttpRequest) -> HttpResponse:
    """Show the models that this user may use, with the defaults; or those of one capability."""
    try:
        return _page(request, request.GET.get("capability", ""))
    except PortalError as error:  # an edit may have removed the capability meanwhile
        messages.error(request, message_of(error))
        return _to_all(request)


def _to_all(request: HttpRequest) -> HttpResponse:
    """Redirect to all models. htmx would swap a redirect's page into the old one."""
    all_models = reverse("models")
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": all_models})
    return HttpResponseRedirect(all_models)


def _page(request: HttpRequest, capability: str) -> HttpResponse:
    """Return the page, or for htmx the part that changes. Raises PortalError."""
    registry = service.current
    context = _context(request, registry, capability)
    if "HX-Request" in request.headers:
        return render(request, "registry/_models.html", context)
    return render(request, "registry/models.html", context)


def _context(request: HttpRequest, registry: Registry, capability: str) -> dict[str, Any]:
    if capability:
        registry.check_capability(capability)
    groups, q = groups_of(request), request.GET.get("q", "").replace("\0", "").strip()[:200]
    rows = overview.rows(registry, groups, capability)
    defaults = overview.defaults(registry, groups, service.primaries)
    operates = user_of(request).has_perm(OPERATE)
    return {
        "operates": operates,
        "known_prices": hints(registry) if operates else {},
        "capability": capability,
        "capabilities": registry.shown,
        "q": q,
        "sections": cards.sections(registry, cards.search(rows, q)),
        "defaults": [default for default in defaults if capability in ("", default.capability)],
        "changes": _changes(request, registry, capability),
    }


def _changes(request: HttpRequest, registry: Registry, capability: str) -> list[Change]:
    """Return the latest changes that this user may see; operators see all."""
    groups = None if user_of(request).has_perm(OPERATE) else groups_of(request)
    records = Change.objects.filter(**({"capability": capability} if capability else {}))
    visible = (
        change for change in records[:MAX_SEARCHED] if overview.may_see(change, registry, groups)
    )
    return list(islice(visible, MAX_CHANGES))


@require_POST
@page
def primary(request: HttpRequest) -> HttpResponse:
    """Set or reset a primary; for operators."""
    if not user_of(request).has_perm(OPERATE):
        raise PermissionDenied
    capability = request.POST.get("capability", "")
    done, known = switched(request), capability in service.current.capabilities
    if known and not done:
        return confirmation(request, request.POST, status=409)
    query = f"?capability={capability}" if known else ""
    return HttpResponseRedirect(reverse("models") + query)


def switched(request: HttpRequest) -> bool:
    """Set or reset the primary of a form, with a message for the sender. Did it succeed?"""
    form = request.POST
    capability = form.get("capability", "")
    model = None if "reset" in form else form.get("model", "")
    reason, force = _line(form.get("reason", "")), "force" in form
    try:
        switch = switch_primary(
            request, user_of(request), capability, model, reason=reason, force=force
        )
    except PortalError as error:
        messages.error(request, message_of(error))
        return False
    messages.success(request, _switched(switch.model, capability))
    if text := warning(switch):
        messages.warning(request, text)
    return True


def _switched(model: str | None, capability: str) -> str:
    if model is None:
        return gettext("From now on nothing answers for {capability}.").format(
            capability=capability
        )
    return gettext("From now on {model} answers for {capability}.").format(
        model=model, capability=capability
    )


def _line(text: str) -> str:
    """Return `text` on one line, of a length that can be stored."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:500]


@require_POST
@page
def probe(request: HttpRequest) -> HttpResponse:
    """Probe the providers, without waiting: the page is notified of the results."""
    if not user_of(request).has_perm(OPERATE):
        raise PermissionDenied
    monitor.refresh(service.current.providers.values(), wait=False)
    return HttpResponse(
        gettext("The providers are being checked; the list updates."), content_type="text/plain"
    )


@require_safe
@page
def banner(request: HttpRequest) -> HttpResponse:
    """Return the warnings for staff."""
    return render(request, "registry/_banner.html")


@require_safe
@page
def model_options(request: HttpRequest, capability: str) -> HttpResponse:
    """Return a dropdown's options, which open pages refresh."""
    registry = service.current
    try:
        registry.check_capability(capability)
    except PortalError as error:
        return refused(error)
    options = choices(registry, capability, groups_of(request))
    return render(request, "registry/_model_options.html", {"choices": options})
