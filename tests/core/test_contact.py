"""PORTAL_CONTACT: whom people ask."""

from __future__ import annotations

import pytest

from core.contact import Contact, read


@pytest.mark.parametrize(
    ("value", "contact"),
    [
        ("", None),
        ("  ", None),
        ("help@example.org", Contact("help@example.org", "mailto:help@example.org")),
        ("https://desk.example.org/new?q=ai", Contact(*["https://desk.example.org/new?q=ai"] * 2)),
        ("the service desk, extension 100", Contact("the service desk, extension 100")),
        ("a@b.org,c@d.org", Contact("a@b.org,c@d.org")),
        ("javascript:alert(1)", Contact("javascript:alert(1)")),
    ],
)
def test_a_contact_is_a_mail_address_an_address_or_words(
    value: str, contact: Contact | None
) -> None:
    assert read(value) == contact


@pytest.mark.parametrize("value", ["ftp://desk", "https://", "javascript://x", "a\nb", "x" * 201])
def test_anything_else_is_invalid(value: str) -> None:
    with pytest.raises(ValueError, match=r"at most|begins with"):
        read(value)
