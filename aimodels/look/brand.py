"""What makes the portal look like its organisation's: the address of its logo, and its colours."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from aimodels.look.colours import DARK, LIGHT, readable

FOR_EVER = "public, max-age=31536000, immutable"  # addresses change with what is there
NO_SCRIPTS = "default-src 'none'; style-src 'unsafe-inline'; sandbox"  # an SVG can have some


@dataclass(frozen=True, slots=True)
class Brand:
    """The variables of templates: a name, and addresses, which may be empty."""

    name: str
    logo: str
    colours: str


def brand() -> Brand:
    logo, colour = settings.PORTAL_LOGO, settings.PORTAL_COLOR
    return Brand(
        settings.PORTAL_NAME,
        reverse("logo", args=[logo.mark]) if logo else "",
        reverse("colours", args=[_mark(_colours(colour))]) if colour else "",
    )


@cache
def _colours(colour: str) -> str:
    """Return a style sheet with the accent, in two shades that can be read."""
    light, dark = (readable(colour, ground) for ground in (LIGHT, DARK))
    return f":root {{ --accent: light-dark({light}, {dark}); }}\n"


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@require_safe
def colours(request: HttpRequest, mark: str) -> HttpResponse:
    """Return the style sheet of the organisation's colour."""
    if not settings.PORTAL_COLOR:
        raise Http404
    return _kept(HttpResponse(_colours(settings.PORTAL_COLOR), content_type="text/css"))


@require_safe
def logo(request: HttpRequest, mark: str) -> HttpResponse:
    """Return the organisation's logo, whose scripts do not run."""
    if not settings.PORTAL_LOGO:
        raise Http404
    response = HttpResponse(settings.PORTAL_LOGO.content, settings.PORTAL_LOGO.media_type)
    response["Content-Security-Policy"] = NO_SCRIPTS
    return _kept(response)


def _kept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = FOR_EVER
    return response
