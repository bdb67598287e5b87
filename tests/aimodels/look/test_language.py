"""The language of pages: the browser's, or the one that was chosen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import trans_real

if TYPE_CHECKING:
    from django.test import Client

GERMAN = {"Accept-Language": "de-CH,de;q=0.9,en;q=0.5"}


@pytest.fixture
def signed_in(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_user("ann"))
    return client


@pytest.mark.parametrize(
    ("header", "expected"),
    [("de-CH,de;q=0.9", "de"), ("fr, de;q=0.8", "de"), ("en-GB, de;q=0.8", "en"), ("fr", "en"), ("", "en"), ("x;q=§", "en")],
)  # fmt: skip
def test_a_page_is_in_the_browsers_language(signed_in: Client, header: str, expected: str) -> None:
    response = signed_in.get(reverse("account"), headers={"Accept-Language": header})
    assert f'<html lang="{expected}">' in response.text
    assert response["Content-Language"] == expected
    assert "Accept-Language" in response["Vary"]


def test_the_account_page_chooses_the_language(signed_in: Client) -> None:
    chosen = signed_in.post(reverse("language"), {"language": "de"}, follow=True)
    assert '<html lang="de">' in chosen.text
    assert "Sprache" in chosen.text
    again = signed_in.post(reverse("language"), {"language": ""}, follow=True)
    assert '<html lang="en">' in again.text


def test_a_language_that_there_is_not_is_not_kept(signed_in: Client) -> None:
    signed_in.post(reverse("language"), {"language": "de"})
    signed_in.post(reverse("language"), {"language": "../de"})
    assert not signed_in.cookies["language"].value


def test_the_api_stays_english(signed_in: Client) -> None:
    english = signed_in.get("/v1/models/no:such")
    german = signed_in.get("/v1/models/no:such", headers=GERMAN)
    assert german.json()["error"]["message"] == english.json()["error"]["message"]
    assert "Accept-Language" not in german.get("Vary", "")


def test_scripts_get_their_texts_but_in_english(signed_in: Client) -> None:
    assert "words.js" not in signed_in.get(reverse("account")).text
    page = signed_in.get(reverse("account"), headers=GERMAN).text
    address = page.split("/words.js")[0].rsplit('"', 1)[1] + "/words.js"
    script = signed_in.get(address)
    assert script["Content-Type"] == "text/javascript"
    assert "immutable" in script["Cache-Control"]
    assert "catalog" in script.text
    assert signed_in.get(address.replace("/de/", "/xx/")).status_code == 404
    upgraded = signed_in.get(re.sub(r"/\w+/words", "/0123456789ab/words", address))
    assert upgraded["Cache-Control"] == "no-store", "another worker has other texts"


def test_the_description_of_the_api_ignores_a_language(signed_in: Client) -> None:
    known = {*trans_real._translations}  # type: ignore[attr-defined]
    assert signed_in.get(reverse("schema"), {"lang": "de"}).status_code == 200
    signed_in.get(reverse("schema"), {"lang": "xx-made-up"})
    assert {*trans_real._translations} == known  # type: ignore[attr-defined]
