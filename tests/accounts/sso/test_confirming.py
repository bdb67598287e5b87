"""People without a password here are asked again by the provider."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.accounts.sso.conftest import Visitor, variables
from tests.conftest import copy_of
from tests.support.portal import Portal
from tests.support.servers.databases import rows
from tests.support.servers.openid_provider import OpenIDProvider


def tokens(portal: Portal, name: str) -> int:
    query = f"""SELECT t.digest FROM accounts_apitoken t JOIN auth_user u ON u.id = t.user_id
                WHERE u.username = '{name}'"""
    return len(rows(portal, query))


def test_a_silent_sign_in_makes_no_token(
    sso: Portal, openid: OpenIDProvider, visitor: Visitor
) -> None:
    openid.know("c-1", preferred_username="cleo")
    openid.lie(auth_time=None)  # it does not say when it asked
    visitor.sign_in("c-1")
    refused = visitor.post("/tokens", name="x", days="7")
    assert refused.headers["Location"].startswith("/account/confirm")
    assert "Go on with Example ID" in visitor.get("/account/confirm").text
    address = visitor.leave(fresh="1", next="/tokens")
    assert parse_qs(urlsplit(address).query)["prompt"] == ["login"]
    openid.lie(auth_time=time.time())
    assert visitor.come_back(openid.agree(address, "c-1")).headers["Location"] == "/tokens"
    assert visitor.post("/tokens", name="x", days="7").status_code == 200
    assert tokens(sso, "cleo") == 1


@pytest.mark.parametrize(
    ("age", "status"),
    [(3600, 403), (5, 302), ("soon", 403), (-30, 302), (-3600, 403), (True, 403)],
)
def test_the_provider_must_have_asked_just_now(
    age: object, status: int, openid: OpenIDProvider, visitor: Visitor
) -> None:
    openid.know("c-2")
    openid.lie(auth_time=time.time() - age if type(age) is int else age)
    address = visitor.leave(fresh="1")
    assert visitor.come_back(openid.agree(address, "c-2")).status_code == status


def test_a_provider_that_does_not_say_when_is_not_believed(
    openid: OpenIDProvider, visitor: Visitor
) -> None:
    """Someone at an unlocked screen takes `prompt=login` out of the address."""
    openid.know("c-4", preferred_username="cody")
    openid.lie(auth_time=None)
    visitor.sign_in("c-4")
    address = visitor.leave(fresh="1", next="/tokens").replace("prompt=login&", "")
    refused = visitor.come_back(openid.agree(address, "c-4"))
    assert (refused.status_code, "<code>auth_time</code>" in refused.text) == (403, True)
    assert visitor.post("/tokens", name="x", days="7").headers["Location"].startswith("/account/")


def test_what_a_profile_says_is_not_when_someone_signed_in(
    openid: OpenIDProvider, visitor: Visitor
) -> None:
    openid.know("c-6", auth_time=time.time())
    openid.lie(auth_time=None)  # in the ID token
    refused = visitor.come_back(openid.agree(visitor.leave(fresh="1"), "c-6"))
    assert refused.status_code == 403


def test_an_operator_may_let_the_prompt_count(
    portal_files: Portal, openid: OpenIDProvider, tmp_path: Path
) -> None:
    portal = copy_of(portal_files, tmp_path / "own", **variables(openid), OIDC_TRUST_PROMPT="1")
    portal.manage("migrate", "-v0")
    openid.know("c-5")
    openid.lie(auth_time=None)
    with portal.serving():
        visitor = Visitor(portal, openid)
        answer = visitor.come_back(openid.agree(visitor.leave(fresh="1", next="/tokens"), "c-5"))
        assert answer.headers["Location"] == "/tokens"


def test_people_of_the_provider_set_no_password_here(
    openid: OpenIDProvider, visitor: Visitor
) -> None:
    openid.know("c-3", preferred_username="cora")
    visitor.come_back(openid.agree(visitor.leave(fresh="1"), "c-3"))
    assert visitor.get("/account/password").status_code == 403
