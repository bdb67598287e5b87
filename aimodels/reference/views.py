"""The page of the reference, and the document for programs that make clients."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer

from aimodels.reference.document import document, reference
from core.http.decorators import page

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

MAX_CACHED = 8  # pages: of each language and address under which readers reach the portal
RENDERERS = {"json": OpenApiJsonRenderer, "yaml": OpenApiYamlRenderer}


@require_safe
@page
def docs(request: HttpRequest) -> HttpResponse:
    """Show the reference, with the address under which the reader reaches the portal."""
    address = request.build_absolute_uri(get_script_prefix()).rstrip("/")
    content = _content(get_language() or "", address)
    return render(request, "reference/page.html", {"content": content})


@lru_cache(MAX_CACHED)
def _content(language: str, address: str) -> SafeString:
    with translation.override(language):
        context = {"reference": reference(), "address": address}
        return render_to_string("reference/_content.html", context)


@require_safe
@page
def download(request: HttpRequest, suffix: str) -> HttpResponse:
    """Return the OpenAPI document as a file: `json` or `yaml`."""
    content = RENDERERS[suffix]().render(document(), renderer_context={})
    disposition = f'attachment; filename="openapi.{suffix}"'
    headers = {"Content-Disposition": disposition}
    return HttpResponse(content, f"application/{suffix}", headers=headers)
