"""Refusals of single sign-on are in the record of sign-ins."""

from __future__ import annotations

from tests.accounts.sso.conftest import Visitor
from tests.support.portal import Portal
from tests.support.servers.databases import rows
from tests.support.servers.openid_provider import OpenIDProvider

DISABLE = "from django.contrib.auth.models import User; User.objects.filter(username='{}').update(is_active=False)"


def refusals(portal: Portal) -> dict[tuple[str, str], int]:
    query = "SELECT username, detail, count FROM accounts_event WHERE kind = 'refused'"
    return {(name, detail): count for name, detail, count in rows(portal, query)}


def added(portal: Portal, before: dict[tuple[str, str], int]) -> list[tuple[str, str]]:
    after = refusals(portal)
    return [key for key, count in after.items() if count > before.get(key, 0)]


def test_a_forged_answer_is_recorded_without_a_name(
    sso: Portal, openid: OpenIDProvider, visitor: Visitor
) -> None:
    before = refusals(sso)
    openid.know("r-1", preferred_username="rita")
    openid.lie(nonce="x" * 64)
    assert visitor.sign_in("r-1").status_code == 403
    assert added(sso, before) == [("", "single sign-on: failed")]


def test_a_disabled_person_is_recorded_by_name(
    sso: Portal, openid: OpenIDProvider, visitor: Visitor
) -> None:
    openid.know("r-2", preferred_username="rob")
    assert visitor.sign_in("r-2").status_code == 302
    sso.manage("shell", "-v0", "-c", DISABLE.format("rob"))
    before = refusals(sso)
    assert visitor.sign_in("r-2").status_code == 403
    assert added(sso, before) == [("rob", "single sign-on: disabled")]


def test_a_cancelled_sign_in_is_recorded(
    sso: Portal, openid: OpenIDProvider, visitor: Visitor
) -> None:
    before = refusals(sso)
    visitor.leave()
    assert visitor.get("/sign-in/sso/callback?error=access_denied").status_code == 403
    assert added(sso, before) == [("", "single sign-on: cancelled")]
