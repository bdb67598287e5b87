"""A portal whose people sign in at an OpenID provider."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.conftest import copy_of
from tests.support.portal import Portal
from tests.support.servers.databases import rows
from tests.support.servers.openid_provider import OpenIDProvider, openid_provider

GROUPS = {"ai-research": "research", "ai-sales": "sales"}


@pytest.fixture(scope="package")
def _openid() -> Iterator[OpenIDProvider]:
    with openid_provider() as provider:
        yield provider


@pytest.fixture
def openid(_openid: OpenIDProvider) -> OpenIDProvider:
    _openid.lie()
    return _openid


def variables(provider: OpenIDProvider) -> dict[str, str]:
    return {
        "OIDC_ISSUER": provider.url,
        "OIDC_CLIENT_ID": "portal",
        "OIDC_CLIENT_SECRET": "client-secret",
        "OIDC_NAME": "Example ID",
        "OIDC_GROUPS": json.dumps(GROUPS),
        "OIDC_OPERATORS": "ai-operators",
        "OIDC_SIGN_OUT": "1",
        "OIDC_LINK_BY_EMAIL": "1",
    }


@pytest.fixture(scope="package")
def _sso(
    portal_files: Portal, tmp_path_factory: pytest.TempPathFactory, _openid: OpenIDProvider
) -> Iterator[Portal]:
    portal = copy_of(portal_files, tmp_path_factory.mktemp("sso"), "uvicorn", **variables(_openid))
    portal.manage("migrate", "-v0")
    portal.start()
    yield portal
    portal.stop()
    assert "Traceback" not in portal.log.read_text()


@pytest.fixture
def sso(_sso: Portal, openid: OpenIDProvider, fake: Any) -> Portal:
    return _sso


class Visitor:
    """A browser's cookies at the portal."""

    def __init__(self, portal: Portal, provider: OpenIDProvider) -> None:
        self.portal, self.provider = portal, provider
        self.session = requests.Session()

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.portal.url + path, allow_redirects=False, timeout=20)

    def post(self, path: str, **data: str) -> requests.Response:
        token = self.session.cookies["csrftoken"]
        return self.session.post(
            self.portal.url + path,
            {**data, "csrfmiddlewaretoken": token},
            allow_redirects=False,
            timeout=20,
        )

    def leave(self, **data: str) -> str:
        """Press the button; return the address at the provider."""
        if "csrftoken" not in self.session.cookies:
            self.get("/sign-in")
        answer = self.post("/sign-in/sso", **data)
        assert answer.status_code == 200, answer.text
        return answer.headers["Refresh"].removeprefix("0; url=")

    def come_back(self, address: str) -> requests.Response:
        return self.session.get(address, allow_redirects=False, timeout=20)

    def sign_in(self, subject: str, **data: str) -> requests.Response:
        return self.come_back(self.provider.agree(self.leave(**data), subject))

    @property
    def name(self) -> str:
        """Who is signed in, as the page says; empty if no one is."""
        found = re.search(r'id="show-account"[^>]*>(.+?)<', self.get("/tokens").text)
        return found[1] if found else ""


@pytest.fixture
def visitor(sso: Portal, openid: OpenIDProvider) -> Visitor:
    return Visitor(sso, openid)


def groups_of(portal: Portal, name: str) -> set[str]:
    query = f"""SELECT g.name FROM auth_group g JOIN auth_user_groups m ON m.group_id = g.id
                JOIN auth_user u ON u.id = m.user_id WHERE u.username = '{name}'"""
    return {group for (group,) in rows(portal, query)}
