"""Addresses that take forms only explain themselves to browsers."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.support.portal import Portal

pytestmark = pytest.mark.django_db
BROWSER = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}


@pytest.mark.parametrize("path", ["/sign-out", "/models/primary"])
def test_opening_the_address_of_a_form_shows_a_page(client: Client, path: str) -> None:
    response = client.get(path, headers=BROWSER)
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
    assert "This address is not a page" in response.content.decode()


def test_the_api_keeps_its_own_answer(client: Client) -> None:
    response = client.get("/v1/ai/models/primary")
    assert "not a page" not in response.content.decode()


@pytest.mark.parametrize("path", ["/nothing", "/static/nothing", "/feedback/1", "/chat/0"])
def test_caches_keep_no_page_of_an_error(portal: Portal, path: str) -> None:
    answer = portal.sign_in("ann").get(f"{portal.url}{path}")
    assert answer.status_code in (403, 404)
    assert "no-store" in answer.headers["Cache-Control"]
