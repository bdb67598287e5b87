"""What an attacker may send to the page that people come back to."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.accounts.sso.conftest import Visitor
from tests.support.portal import Portal
from tests.support.servers.openid_provider import OpenIDProvider

NOW = time.time()
LIES: list[tuple[str, dict[str, Any]]] = [
    ("another issuer", {"iss": "https://evil.example"}),
    ("another audience", {"aud": "other-client"}),
    ("several audiences, issued to another", {"aud": ["portal", "other"], "azp": "other"}),
    ("several audiences, issued to no one", {"aud": ["portal", "other"]}),
    ("another nonce", {"nonce": "x" * 64}),
    ("no nonce", {"nonce": None}),
    ("expired", {"exp": NOW - 3600}),
    ("no end", {"exp": None}),
    ("no subject", {"sub": None}),
    ("another subject than userinfo", {"sub": "someone-else"}),
    ("a long subject", {"sub": "x" * 300}),
    ("a subject that is a number", {"sub": 7}),
    ("another key's signature", {"forged": True}),
    ("no signature", {"unsigned": True}),
]  # fmt: skip


@pytest.mark.parametrize("lies", [lies for _, lies in LIES], ids=[name for name, _ in LIES])
def test_an_id_token_that_is_not_for_this_sign_in_is_refused(
    lies: dict[str, Any], openid: OpenIDProvider, visitor: Visitor
) -> None:
    openid.know("a-1", preferred_username="amy")
    openid.lie(**lies)
    assert visitor.sign_in("a-1").status_code == 403
    assert visitor.name == ""
    openid.lie()
    assert visitor.sign_in("a-1").status_code == 302, "the truth is taken"


def test_an_answer_is_taken_once_and_in_one_browser(
    sso: Portal, openid: OpenIDProvider, visitor: Visitor
) -> None:
    openid.know("a-2", preferred_username="abel")
    address = openid.agree(visitor.leave(), "a-2")
    thief = Visitor(sso, openid)
    thief.leave()
    assert thief.come_back(address).status_code == 403, "the state is another session's"
    assert visitor.come_back(address).status_code == 302
    assert visitor.come_back(address).status_code == 403, "the state was used"
    assert thief.name == ""


def test_the_code_of_another_sign_in_is_refused(openid: OpenIDProvider, visitor: Visitor) -> None:
    openid.know("a-3")
    stolen = parse_qs(urlsplit(openid.agree(visitor.leave(), "a-3")).query)["code"][0]
    state = parse_qs(urlsplit(visitor.leave()).query)["state"][0]
    answer = visitor.get(f"/sign-in/sso/callback?code={stolen}&state={state}")
    assert answer.status_code == 403, "PKCE and the nonce are those of the first"
    assert visitor.name == ""


def test_the_answer_of_another_issuer_is_refused(openid: OpenIDProvider, visitor: Visitor) -> None:
    openid.know("a-4")
    address = openid.agree(visitor.leave(), "a-4")
    assert visitor.come_back(f"{address}&iss=https://evil.example").status_code == 403


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=access_denied&state=x"]
)
def test_a_made_up_answer_is_refused(query: str, visitor: Visitor) -> None:
    assert visitor.get(f"/sign-in/sso/callback{query}").status_code == 403


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [("/tokens?a=b", "/tokens?a=b"), ("https://evil.example/", "/"), ("//evil.example", "/"),
     ("/\\evil.example", "/"), ("javascript:alert(1)", "/"), ("http:///evil.example", "/")],
)  # fmt: skip
def test_no_one_is_sent_to_another_site(
    wanted: str, goes_to: str, openid: OpenIDProvider, visitor: Visitor
) -> None:
    openid.know("a-5")
    assert visitor.sign_in("a-5", next=wanted).headers["Location"] == goes_to


def test_a_link_cannot_start_or_shape_a_sign_in(sso: Portal, visitor: Visitor) -> None:
    assert visitor.get("/sign-in/sso").status_code == 405
    assert requests.post(f"{sso.url}/sign-in/sso", timeout=5).status_code == 403, "CSRF"
    visitor.get("/sign-in")
    answer = visitor.post(
        "/sign-in/sso?scope=admin&auth_params=redirect_uri%3Dhttps://evil.example"
    )
    assert "evil" not in answer.headers["Refresh"]
    assert "admin" not in answer.headers["Refresh"]


def test_a_sign_in_uses_pkce_and_a_new_session(openid: OpenIDProvider, visitor: Visitor) -> None:
    openid.know("a-6")
    address = visitor.leave()
    query = parse_qs(urlsplit(address).query)
    assert query["code_challenge_method"] == ["S256"]
    before = visitor.session.cookies["sessionid"]
    visitor.come_back(openid.agree(address, "a-6"))
    assert visitor.session.cookies["sessionid"] != before, "no one can know it beforehand"


def test_signing_out_ends_the_session_at_the_provider(
    openid: OpenIDProvider, visitor: Visitor
) -> None:
    openid.know("a-7", preferred_username="alex")
    visitor.sign_in("a-7")
    answer = visitor.post("/sign-out")
    address = urlsplit(answer.headers["Refresh"].removeprefix("0; url="))
    query = parse_qs(address.query)
    assert address.path == "/oauth2/end_session"
    assert query["client_id"] == ["portal"]
    assert query["id_token_hint"][0].count(".") == 2
    assert query["post_logout_redirect_uri"] == [f"{visitor.portal.url}/sign-in"]
    assert visitor.name == ""


def test_other_sessions_sign_out_here_only(sso: Portal) -> None:
    session = sso.sign_in("ann")
    sso.sessions.pop("ann")  # it ends here
    answer = session.post(f"{sso.url}/sign-out", allow_redirects=False, timeout=5)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in")
