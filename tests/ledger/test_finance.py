"""The export for finance: who gets it, that it is sent in pieces, and how much memory it takes."""

from __future__ import annotations

import subprocess
import sys
from urllib.parse import quote

import requests

from core.spreadsheets import BOM
from ledger.everyone.focus import COLUMNS
from tests.ledger.measure_focus import EACH
from tests.support.paths import ROOT
from tests.support.portal import Portal

PATH = "/usage/focus.csv"
GRANT = """
from django.contrib.auth.models import Permission, User
User.objects.get(username="olga").user_permissions.add(Permission.objects.get(codename="see_usage"))
"""


def test_it_is_for_those_with_the_permission(own_portal: Portal) -> None:
    own_portal.manage("shell", "-v0", "-c", GRANT)
    with own_portal.serving():
        statuses = {
            name: own_portal.sign_in(name).get(own_portal.url + PATH, timeout=20).status_code
            for name in ("ann", "olga")
        }
        assert statuses == {"ann": 403, "olga": 200}
        answer = own_portal.sign_in("olga").get(
            f"{own_portal.url}{PATH}?from=2026-11-02&until=2026-11-09", timeout=20
        )
        assert "focus-2026-11-01-2026-11-30.csv" in answer.headers["Content-Disposition"]  # cells
        assert answer.content.decode() == BOM + ",".join(f'"{name}"' for name in COLUMNS) + "\r\n"
        assert own_portal.get(PATH).status_code == 403  # a token


def test_a_browser_without_a_session_is_sent_to_the_sign_in_page(portal: Portal) -> None:
    for path in (f"{PATH}?from=2026-11-02&until=2026-11-09", "/account/data.zip"):
        answer = requests.get(portal.url + path, timeout=20, allow_redirects=False)
        ended = requests.get(
            portal.url + path, timeout=20, allow_redirects=False, cookies={"sessionid": "x" * 32}
        )
        assert (answer.status_code, ended.status_code) == (302, 302)
        assert answer.headers["Location"] == f"/sign-in?next={quote(path)}"


def test_a_wrong_token_gets_an_error(portal: Portal) -> None:
    for name, value in (("Authorization", "Bearer wrong"), ("x-api-key", "wrong")):
        answer = requests.get(portal.url + PATH, timeout=20, headers={name: value})
        assert answer.json()["error"]["code"] == "unauthenticated"
        assert answer.status_code == 401


def test_memory_does_not_grow_with_the_days() -> None:
    """A program of its own: ten times as many lines take no more than half as much again."""
    command = [sys.executable, "-m", "tests.ledger.measure_focus", "12", "120"]
    env = {"PATH": "", "SECRET_KEY": "s" * 50, "DATABASE_URL": "sqlite://:memory:"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=ROOT, env=env, timeout=120
    )
    few, many = (tuple(map(int, line.split())) for line in done.stdout.splitlines())
    assert (few[1], many[1]) == (12 * EACH + 1, 120 * EACH + 1)
    assert many[0] / few[0] < 1.5
