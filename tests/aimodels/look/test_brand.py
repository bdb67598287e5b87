"""Name, logo and colour come from settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django.fixtures import Settings

from aimodels.environment import Env
from aimodels.look.logo import logo

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "logo.svg"
    file.write_bytes(SVG)
    return file


def test_the_name_is_in_the_header_and_in_titles(client: Client, settings: Settings) -> None:
    settings.PORTAL_NAME = "Ask <Harbour>"
    page = client.get("/sign-in").content.decode()
    assert "<title>Sign in – Ask &lt;Harbour&gt;</title>" in page
    assert "<span>Ask &lt;Harbour&gt;</span>" in page


def test_the_logo_is_served_for_ever_and_runs_nothing(
    client: Client, settings: Settings, picture: Path
) -> None:
    settings.PORTAL_LOGO = logo(str(picture))
    address = f"/look/{settings.PORTAL_LOGO.mark}/logo"
    assert f'<img src="{address}" alt="">' in client.get("/sign-in").content.decode()
    response = client.get(address)
    assert response.content == SVG
    assert response["Content-Type"] == "image/svg+xml"
    assert "immutable" in response["Cache-Control"]
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_the_colour_is_a_style_sheet_that_can_be_read(client: Client, settings: Settings) -> None:
    settings.PORTAL_COLOR = "#ffcc00"
    page = client.get("/sign-in").content.decode()
    address = page.partition('<link rel="stylesheet" href="/look/')[2].partition('"')[0]
    style = client.get(f"/look/{address}").content.decode()
    assert style.startswith(":root { --accent: light-dark(#")
    assert "#ffcc00" in style, "in the dark it can be read as it is"


def test_without_settings_there_is_no_logo_and_no_style_sheet(client: Client) -> None:
    assert "/look/" not in client.get("/sign-in").content.decode()
    assert client.get("/look/x/logo").status_code == 404
    assert client.get("/look/x/colours.css").status_code == 404


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [("PORTAL_NAME", "x" * 41, "one line of up to 40 characters"),
     ("PORTAL_COLOR", "blue", "a colour such as #0b57d0"),
     ("PORTAL_LOGO", "/nowhere.svg", "the path of an SVG, PNG or WebP file")],
)  # fmt: skip
def test_a_wrong_setting_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, remedy: str
) -> None:
    monkeypatch.setenv(variable, value)
    read = {"PORTAL_NAME": lambda env: env.name("PORTAL_NAME", default="x"),
            "PORTAL_COLOR": lambda env: env.colour("PORTAL_COLOR"),
            "PORTAL_LOGO": lambda env: env.logo("PORTAL_LOGO")}  # fmt: skip
    with pytest.raises(ImproperlyConfigured, match=f"{variable} is not valid: write {remedy}"):
        read[variable](Env())


def test_settings_that_are_not_set_have_defaults(picture: Path) -> None:
    env = Env()
    assert env.name("PORTAL_NAME_NOT_SET", default="AI models") == "AI models"
    assert env.colour("PORTAL_COLOR_NOT_SET") == ""
    assert env.logo("PORTAL_LOGO_NOT_SET") is None
