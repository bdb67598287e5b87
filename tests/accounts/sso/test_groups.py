"""What the provider's groups allow here."""

from __future__ import annotations

import pytest

from accounts.sso.groups import OPERATORS
from tests.accounts.sso.conftest import Visitor, groups_of
from tests.support.portal import Portal
from tests.support.servers.openid_provider import OpenIDProvider


def test_mapped_groups_follow_the_claim_at_each_sign_in(
    sso: Portal, openid: OpenIDProvider, visitor: Visitor
) -> None:
    openid.know("g-1", preferred_username="gina", groups=["ai-research", "ai-sales", "unmapped"])
    visitor.sign_in("g-1")
    assert groups_of(sso, "gina") == {"research", "sales"}
    by_hand = ("from django.contrib.auth.models import Group, User; "
               "User.objects.get(username='gina').groups.add(Group.objects.create(name='by hand'))")  # fmt: skip
    sso.manage("shell", "-c", by_hand)
    openid.know("g-1", groups=["ai-sales"])
    visitor.sign_in("g-1")
    assert groups_of(sso, "gina") == {"sales", "by hand"}
    openid.know("g-1")
    visitor.sign_in("g-1")
    assert groups_of(sso, "gina") == {"by hand"}, "without a claim, no mapped group is kept"


def test_a_group_makes_operators_until_they_leave_it(
    sso: Portal, openid: OpenIDProvider, visitor: Visitor
) -> None:
    openid.know("g-2", preferred_username="otto", groups=["ai-operators"])
    visitor.sign_in("g-2")
    assert groups_of(sso, "otto") == {OPERATORS}
    assert visitor.get("/admin/registry/workers/").status_code == 200
    openid.know("g-2", groups=["ai-research"])
    visitor.sign_in("g-2")
    assert visitor.get("/admin/registry/workers/").status_code in (302, 403)
    assert groups_of(sso, "otto") == {"research"}


@pytest.mark.parametrize(
    "groups",
    [
        OPERATORS,
        "registry.operate",
        ["AI-OPERATORS"],
        {"ai-operators": True},
        7,
        [["ai-operators"]],
    ],
)
def test_nothing_else_in_the_claim_makes_operators(
    groups: object, sso: Portal, openid: OpenIDProvider, visitor: Visitor
) -> None:
    openid.know("g-3", preferred_username="ivan", groups=groups)
    assert visitor.sign_in("g-3").status_code == 302
    assert groups_of(sso, "ivan") == set()
