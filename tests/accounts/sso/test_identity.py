"""Whose account a sign-in at the provider opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.accounts.sso.conftest import Visitor, variables
from tests.conftest import copy_of
from tests.support.portal import Portal
from tests.support.servers.databases import rows
from tests.support.servers.openid_provider import OpenIDProvider, openid_provider

USER = "from django.contrib.auth.models import User; "
OPERATES = (
    f"{USER}from django.contrib.auth.models import Permission; "
    "right = Permission.objects.get(codename='operate'); "
    "User.objects.get(username='{name}').user_permissions.add(right)"
)


def test_a_person_gets_one_account(sso: Portal, openid: OpenIDProvider, visitor: Visitor) -> None:
    openid.know("s-100", preferred_username="beth", email="beth@example.org", email_verified=True)
    assert visitor.sign_in("s-100").headers["Location"] == "/"
    assert visitor.name == "beth"
    openid.know("s-100", preferred_username="elizabeth")
    again = Visitor(sso, openid)
    again.sign_in("s-100")
    assert again.name == "beth", "a name at the provider is no identity"
    query = "SELECT provider, uid, extra_data FROM socialaccount_socialaccount WHERE uid = 's-100'"
    assert [(p, u, str(e)) for p, u, e in rows(sso, query)] == [(openid.url, "s-100", "{}")]


@pytest.mark.parametrize("claimed", ["olga", "Olga", "ann"])
def test_a_name_that_someone_has_opens_another_account(
    claimed: str, openid: OpenIDProvider, visitor: Visitor
) -> None:
    openid.know(f"s-name-{claimed}", preferred_username=claimed)
    visitor.sign_in(f"s-name-{claimed}")
    assert visitor.name.startswith(f"{claimed}-")


def test_a_name_is_made_of_the_characters_that_names_may_have(
    openid: OpenIDProvider, visitor: Visitor
) -> None:
    openid.know("s-120", preferred_username="Zoë <b>\u202e/../", email="x")
    visitor.sign_in("s-120")
    assert visitor.name == "Zoë-b-..".rstrip("-")


def make(portal: Portal, name: str, email: str, **more: object) -> None:
    arguments = "".join(f", {key}={value!r}" for key, value in more.items())
    portal.manage("shell", "-c", USER + f"User.objects.create_user({name!r}, {email!r}{arguments})")


def test_only_a_verified_address_links_to_a_person_without_power(
    sso: Portal, openid: OpenIDProvider
) -> None:
    make(sso, "carl", "carl@example.org")
    make(sso, "root", "root@example.org", is_superuser=True, is_staff=True)
    make(sso, "olaf", "olaf@example.org")
    sso.manage("shell", "-c", OPERATES.format(name="olaf"))
    cases = (
        ("s-131", {"email": "carl@example.org"}, False),
        ("s-132", {"email": "carl@example.org", "email_verified": False}, False),
        ("s-133", {"email": "carl@example.org", "email_verified": "true"}, False),
        ("s-134", {"email": "root@example.org", "email_verified": True}, False),
        ("s-137", {"email": "olaf@example.org", "email_verified": True}, False),
        ("s-135", {"email": "Carl@example.org", "email_verified": True}, True),
        ("s-136", {"email": "carl@example.org", "email_verified": True}, False),  # it has one
    )
    for subject, claims, linked in cases:
        openid.know(subject, **claims)
        visitor = Visitor(sso, openid)
        visitor.sign_in(subject)
        assert visitor.name, subject
        assert (visitor.name in ("carl", "root", "olaf")) is linked, subject


def test_no_address_links_unless_it_is_configured(
    portal_files: Portal, openid: OpenIDProvider, tmp_path: Path
) -> None:
    portal = copy_of(portal_files, tmp_path / "own", **variables(openid))
    portal.variables["OIDC_LINK_BY_EMAIL"] = "0"
    portal.manage("migrate", "-v0")
    make(portal, "carl", "carl@example.org")
    openid.know("s-140", email="carl@example.org", email_verified=True)
    portal.start()
    visitor = Visitor(portal, openid)
    visitor.sign_in("s-140")
    first = visitor.name
    assert first not in ("", "carl")
    # The same subject of another issuer is another person.
    portal.stop()
    with openid_provider() as other:
        portal.variables |= variables(other)
        portal.start()
        other.know("s-140", preferred_username="mallory")
        stranger = Visitor(portal, other)
        stranger.sign_in("s-140")
        assert stranger.name == "mallory" != first
        portal.stop()


def test_a_disabled_person_is_refused_everywhere(
    sso: Portal, openid: OpenIDProvider, visitor: Visitor
) -> None:
    openid.know("s-150", preferred_username="dora")
    visitor.sign_in("s-150")
    token = sso.manage("create_token", "dora").stdout.strip()
    assert sso.get("/v1/models", who=token).status_code == 200
    program = USER + "u = User.objects.get(username='dora'); u.is_active = False; u.save()"
    sso.manage("shell", "-c", program)
    again = Visitor(sso, openid).sign_in("s-150")
    assert again.status_code == 403
    assert "disabled" in again.text
    assert visitor.name == "", "the session has ended"
    assert sso.get("/v1/models", who=token).status_code == 401
