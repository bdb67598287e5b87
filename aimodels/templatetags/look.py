"""What base.html asks for: tags, since some pages are rendered without a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aimodels.look import language
from aimodels.look.brand import Brand, brand
from aimodels.look.theme import THEMES, theme_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.template import Context

register = template.Library()
SECTIONS = (("home", _("Chat"), "/chat/"), ("workflow", _("Ask your data"), "/workflow/"),
            ("models", _("Models"), "/models/"))  # fmt: skip
SCHEMES = {"system": "light dark"}  # of a theme, if it is another word


class Section(NamedTuple):
    """A link of the header. `current`: a value of `aria-current`, or an empty text."""

    url: str
    title: str
    current: str


@register.simple_tag
def portal() -> Brand:
    return brand()


@register.simple_tag
def words_url() -> str:
    return language.words_url()


@register.simple_tag(takes_context=True)
def sections(context: Context) -> list[Section]:
    """Return the links of the header; the page's own is marked, and that of its section."""
    path = context["request"].path
    return [
        Section(
            url, str(title), "page" if path == url else "true" if path.startswith(below) else ""
        )
        for name, title, below in SECTIONS
        for url in [reverse(name)]
    ]


@register.simple_tag(takes_context=True)
def color_scheme(context: Context) -> str:
    """Return what `<meta name="color-scheme">` has for the reader's theme."""
    theme = theme_of(context.get("request"))
    return SCHEMES.get(theme, theme)


@register.inclusion_tag("look/_theme.html", takes_context=True)
def theme_form(context: Context) -> Mapping[str, object]:
    return {
        "themes": THEMES,
        "chosen": theme_of(context["request"]),
        "csrf_token": context["csrf_token"],
    }


@register.inclusion_tag("look/_language.html", takes_context=True)
def language_form(context: Context) -> Mapping[str, object]:
    return {
        "languages": settings.LANGUAGES,
        "chosen": language.chosen_language(context["request"]),
        "csrf_token": context["csrf_token"],
    }
