"""DEBUG: no secret is on its pages, and it is served to this machine only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.support.paths import ROOT
from tests.support.portal import Portal

SECRET = "sk-debug-canary-5f2a91"


def test_a_page_of_debug_shows_no_environment_and_no_setting(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    settings.DEBUG = True
    settings.REDIS_URL = f"redis://:{SECRET}@redis/0"
    page = Client().get("/sign-in", headers={"Host": "evil.example", "Accept": "text/html"})
    assert page.status_code == 400
    assert "DisallowedHost" in page.text, "this is Django's own page"
    assert SECRET not in page.text
    assert settings.SECRET_KEY not in page.text


@pytest.mark.parametrize(
    ("variables", "word"),
    [({"HOST": "0.0.0.0"}, "HOST"), ({"TRUSTED_SCHEME_HEADER": "X-Forwarded-Proto"}, "proxy")],
)
def test_debug_is_served_to_this_machine_only(
    tmp_path: Path, variables: dict[str, str], word: str
) -> None:
    portal = Portal(tmp_path, ROOT / "models.yaml", variables={"DEBUG": "on", **variables})
    done = portal.manage("serve", check=False)
    assert done.returncode == 1
    assert "Unset DEBUG" in done.stderr
    assert word in done.stderr
