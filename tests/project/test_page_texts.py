"""Templates have no text that cannot be translated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.paths import ROOT

TEMPLATES = ROOT / "templates"
FILES = sorted(TEMPLATES.rglob("*.html"))
ALLOWED = {
    "bash", "SQL", "JSON",  # names of languages
    "null",  # what a row has, as databases show it
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, …);",  # SQL
    "ID",  # the same in other languages
    "ms",  # a unit
}  # fmt: skip
ATTRIBUTE_FILES = {"registry/_option.html"}  # attributes of a tag that is in another file
MARKED = re.compile(r"\{% blocktranslate\b.*?\{% endblocktranslate %\}", re.DOTALL)
CLASSES = re.compile(r"\{% block (?:kind|bodyclass) %\}.*?\{% endblock.*?%\}", re.DOTALL)
TEMPLATE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
CODE = re.compile(r"<(script|style|code|pre|kbd)\b.*?</\1>", re.DOTALL)
TAG = re.compile(r"<[^>]*>", re.DOTALL)
VISIBLE = re.compile(r'\b(?:aria-label|title|placeholder|alt|hx-confirm)="([^"]*)"')
WORD = re.compile(r"[^\W\d_]{2,}")


def texts(template: str) -> list[str]:
    """Return the texts of a template that no tag translates."""
    for unseen in (MARKED, CLASSES, TEMPLATE):
        template = unseen.sub("", template)
    template = CODE.sub("<code>", template)
    parts = [*VISIBLE.findall(template), *TAG.split(template)]
    return [text for part in parts if WORD.search(text := " ".join(part.split()))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(TEMPLATES)))
def test_every_text_of_a_template_can_be_translated(file: Path) -> None:
    if str(file.relative_to(TEMPLATES)) in ATTRIBUTE_FILES:
        return
    assert [text for text in texts(file.read_text()) if text not in ALLOWED] == []


@pytest.mark.parametrize(
    "template",
    [
        "<p>Hello</p>",
        '<a title="Hello">{{ name }}</a>',
        "<p>{{ name }} is ready</p>",
        "<button>{% if new %}Save{% endif %}</button>",
        "{% block title %}Models{% endblock %}",
    ],
)
def test_a_text_that_cannot_be_translated_is_found(template: str) -> None:
    assert texts(template)


@pytest.mark.parametrize(
    "template",
    [
        '<p>{% translate "Hello" %}</p>',
        '<a title="{% translate "Hello" %}">{{ name }}</a>',
        "<p>{% blocktranslate %}{{ name }} is ready{% endblocktranslate %}</p>",
        "<code>models.yaml</code> · <kbd>Enter</kbd>",
    ],
)
def test_a_text_that_is_translated_is_fine(template: str) -> None:
    assert texts(template) == []
