"""Without single sign-on, and after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.accounts.sso.conftest import Visitor, variables
from tests.conftest import copy_of
from tests.support.portal import Portal
from tests.support.servers.databases import rows
from tests.support.servers.openid_provider import OpenIDProvider

LOADED = """
import sys
from django.urls import get_resolver
get_resolver().url_patterns
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"allauth", "jwt", "fido2", "oauthlib"}))
"""


def test_the_package_is_loaded_only_where_it_is_configured(
    portal_files: Portal, openid: OpenIDProvider, tmp_path: Path
) -> None:
    assert portal_files.manage("shell", "-v0", "-c", LOADED).stdout.split() == []
    portal = copy_of(portal_files, tmp_path / "own", **variables(openid))
    assert "allauth" in portal.manage("shell", "-v0", "-c", LOADED).stdout.split()


def test_people_stay_and_can_be_deleted_when_it_is_turned_off(
    portal_files: Portal, openid: OpenIDProvider, tmp_path: Path
) -> None:
    portal = copy_of(portal_files, tmp_path / "own", **variables(openid))
    portal.manage("migrate", "-v0")
    openid.know("t-1", preferred_username="tess")
    portal.start()
    visitor = Visitor(portal, openid)
    visitor.sign_in("t-1")
    assert visitor.name == "tess"
    portal.stop()
    del portal.variables["OIDC_ISSUER"]
    portal.start()
    assert visitor.name == "", "a session of single sign-on ends with it"
    assert visitor.get("/sign-in/sso/callback").status_code in (403, 404)
    assert "Example ID" not in visitor.get("/sign-in").text
    program = ("from django.contrib.auth.models import User; "
               "print(User.objects.get(username='tess').delete()[0])")  # fmt: skip
    portal.manage("shell", "-v0", "-c", program)
    portal.stop()
    assert rows(portal, "SELECT * FROM socialaccount_socialaccount") == []
    portal.variables |= variables(openid)
    portal.manage("makemigrations", "--check", "--dry-run")
    portal.manage("migrate", "--check")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [("OIDC_ISSUER", "http://id.example.org", "accounts.E001"),
     ("OIDC_ISSUER", "https://id.example.org/?a=b", "accounts.E001"),
     ("OIDC_CLIENT_ID", "", "accounts.E002"),
     ("OIDC_GROUPS", '["a"]', "accounts.E003"),
     ("OIDC_GROUPS", '{"a": "operators by single sign-on"}', "accounts.E004")],
)  # fmt: skip
def test_a_wrong_setting_is_named(
    variable: str, value: str, words: str,
    portal_files: Portal, openid: OpenIDProvider, tmp_path: Path,
) -> None:  # fmt: skip
    portal = copy_of(portal_files, tmp_path / "own", **{**variables(openid), variable: value})
    checked = portal.manage("check", check=False)
    assert checked.returncode == 1
    assert words in checked.stderr


def test_a_provider_that_does_not_answer_is_named(
    portal_files: Portal, openid: OpenIDProvider, tmp_path: Path
) -> None:
    closed = variables(openid) | {
        "OIDC_ISSUER": f"http://127.0.0.1:{portal_files.variables['CLOSED_PORT']}"
    }
    portal = copy_of(portal_files, tmp_path / "own", **closed)
    portal.manage("migrate", "-v0")
    portal.start()
    visitor = Visitor(portal, openid)
    visitor.get("/sign-in")
    answer = visitor.post("/sign-in/sso")
    portal.stop()
    assert answer.status_code == 503
    assert "does not answer" in answer.text
    assert "Traceback" not in portal.log.read_text()
