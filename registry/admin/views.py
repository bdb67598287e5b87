"""The admin's pages about the registry, and the actions for operators."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from core.auth.principals import OPERATE
from core.errors import ConfigError
from core.text import quote
from registry.admin import tables
from registry.api.status import store_state
from registry.diff import summary
from registry.health.monitor import monitor
from registry.pages import overview
from registry.pages.choices import HEALTH, choices
from registry.pages.views import switched
from registry.state.dry_run import dry_run
from registry.state.service import service
from registry.workers.file_watcher import load_models_file
from registry.workers.worker import worker

if TYPE_CHECKING:
    from collections.abc import Callable

    View = Callable[..., HttpResponse]

PAGE_SIZE = 100


def for_operators(view: View) -> View:
    """Require the permission to operate the registry."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(OPERATE):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapped


def show_page(request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
    """Render a page of the admin: `templates/admin/registry/{name}.html`."""
    shared = {
        **admin.site.each_context(request),
        "title": title,
        "operates": request.user.has_perm(OPERATE),
        "file": settings.MODELS_FILE.name,
    }
    return render(request, f"admin/registry/{name}.html", {**shared, **context})


@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """List the models; search and filter them."""
    registry = service.current
    rows = tables.search(registry, request.GET.dict())
    choices = {
        "provider": [(name, name) for name in registry.providers],
        "capability": [(name, name) for name in registry.shown],
        "health": list(HEALTH.items()),
    }
    titles = [gettext("Provider"), gettext("Capability"), gettext("Health")]
    filters = [
        (name, title, request.GET.get(name, ""), options)
        for title, (name, options) in zip(titles, choices.items(), strict=True)
    ]
    return show_page(
        request, "models", gettext("Models"),
        page=Paginator(rows, PAGE_SIZE).get_page(request.GET.get("p")),
        count=len(rows), total=len(registry.models), q=request.GET.get("q", ""), filters=filters,
        query={name: value for name, value in request.GET.items() if name != "p"},
    )  # fmt: skip


@require_safe
def model(request: HttpRequest, model: str) -> HttpResponse:
    """Show one model, and the line of each of its values."""
    registry, config = service.current, service.config
    row = next((row for row in overview.rows(registry, None) if row.model.id == model), None)
    if row is None or config is None:
        raise Http404
    values = tables.of_model(config, row.model.provider, row.model.name)
    provider = registry.providers[row.model.provider]
    return show_page(request, "model", row.model.id, row=row, values=values, provider=provider)


@require_safe
def providers(request: HttpRequest) -> HttpResponse:
    """List the providers, their health, and their unlisted models."""
    return show_page(
        request,
        "providers",
        gettext("Providers and health"),
        rows=tables.providers(service.current),
    )


@require_safe
def defaults(request: HttpRequest) -> HttpResponse:
    """Show the default of each capability, and its origin."""
    registry, config = service.current, service.config
    rows = [
        (default, config.line("defaults", default.capability) if config else 0,
         registry.file_defaults.get(default.capability),
         choices(registry, default.capability, None))
        for default in overview.defaults(registry, None, service.primaries)
    ]  # fmt: skip
    return show_page(request, "defaults", gettext("Defaults and primaries"), rows=rows)


@require_safe
def workers(request: HttpRequest) -> HttpResponse:
    """Show the state of each worker, and differences between them."""
    return show_page(
        request, "workers", gettext("Workers"), rows=tables.workers(worker), store=store_state(),
        down=service.store_down,
    )  # fmt: skip


@require_safe
def configuration(request: HttpRequest) -> HttpResponse:
    """Show the current values of models.yaml, and their lines."""
    config = service.config
    values = tables.configuration(config) if config else []
    revision = service.current.revision
    return show_page(
        request, "configuration", gettext("Configuration"), values=values, revision=revision
    )


def try_edit(request: HttpRequest) -> HttpResponse:
    """Show what a text would change if it replaced models.yaml."""
    posted = request.method == "POST"
    text = request.POST.get("text", "") if posted else _in_force()
    outcome = dry_run(text) if posted else None
    return show_page(request, "dry_run", gettext("Try an edit"), text=text, outcome=outcome)


def _in_force() -> str:
    """Return the text of models.yaml, unless what is on the disk is not in force."""
    config = service.config
    return tables.file_in_force(config, settings.MODELS_FILE.read_bytes()) if config else ""


# ── Actions ─────────────────────────────────────────────────────────────────────────────────


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Set or reset a primary."""
    switched(request)
    return HttpResponseRedirect(reverse("admin:registry-defaults"))


@require_POST
def probe(request: HttpRequest) -> HttpResponse:
    """Probe one provider, or all, and wait for the results."""
    registry, name = service.current, request.POST.get("provider", "")
    chosen = [p for p in registry.providers.values() if name in ("", p.name)]
    if not chosen:
        text = gettext("There is no provider {name}.")
        messages.error(request, text.format(name=quote(name)))
    else:
        monitor.refresh(chosen, wait=True)
        text = gettext("Checked {name}.") if name else gettext("Checked all providers.")
        messages.success(request, text.format(name=name))
    return HttpResponseRedirect(reverse("admin:registry-providers"))


@require_POST
def reload(request: HttpRequest) -> HttpResponse:
    """Reload models.yaml now."""
    try:
        text = summary(load_models_file())
    except ConfigError as error:  # shown here, because another worker may serve the next page
        messages.error(request, gettext("Not loaded: {error}").format(error=error))
    else:
        worker.spread_reload()
        done = gettext("Reloaded {file}: it {does}.")
        does = format_html('<span lang="en">{}</span>', text)
        messages.success(request, format_html(done, file=settings.MODELS_FILE.name, does=does))
    return HttpResponseRedirect(reverse("admin:registry-workers"))
