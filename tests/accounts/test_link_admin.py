"""The admin's button that makes a sign-in link."""

from __future__ import annotations

import re
import time

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from accounts.models import SignInLink
from accounts.sessions import BEGAN
from tests.accounts.account_setup import ann, use
from tests.support.permissions import grant

__all__ = ["ann"]  # fixtures
pytestmark = pytest.mark.django_db


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


def address(user: User) -> str:
    return f"/admin/auth/user/{user.pk}/sign-in-link"


def test_one_click_makes_a_link_that_works(root: Client, ann: User) -> None:
    page = root.get(f"/admin/auth/user/{ann.pk}/change/").text
    assert f'action="{address(ann)}"' in page
    answer = root.post(address(ann))
    assert "no-store" in answer.headers["Cache-Control"]
    link = re.search(r"http://testserver(/sign-in/link#[\w-]+)", answer.text)
    assert link
    assert use(link[1]).status_code == 302


def test_a_link_needs_a_click_and_a_recent_sign_in(root: Client, ann: User) -> None:
    assert root.get(address(ann)).status_code == 405
    session = root.session
    session[BEGAN] = time.time() - 3600
    session.save()
    assert root.post(address(ann)).headers["Location"].startswith("/account/confirm")
    assert not SignInLink.objects.exists()


def test_a_link_gives_no_one_more_power(client: Client, ann: User) -> None:
    helper = User.objects.create_user("helper", is_staff=True)
    client.force_login(helper)
    assert client.post(address(ann)).status_code == 403, "without the permission"
    grant(helper, "change_user")
    assert client.post(address(ann)).status_code == 200
    operator = User.objects.create_user("operator")
    grant(operator, "operate")
    staff = User.objects.create_user("staff", is_staff=True)
    for powerful in (operator, staff, User.objects.create_superuser("root")):
        assert client.post(address(powerful)).status_code == 403
        page = client.get(f"/admin/auth/user/{powerful.pk}/change/")
        assert "sign-in-link" not in page.text


def test_who_may_change_people_gets_no_more_power_by_it(client: Client, ann: User) -> None:
    helper = User.objects.create_user("helper", is_staff=True)
    grant(helper, "change_user", "view_user", "delete_user", "change_group", "view_group")
    group = Group.objects.create(name="analysts")
    client.force_login(helper)
    for powerful in (helper, User.objects.create_superuser("root")):
        page = f"/admin/auth/user/{powerful.pk}"
        assert client.get(f"{page}/password/").status_code == 403
        assert client.post(f"{page}/change/", {"username": "x"}).status_code == 403
        assert client.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"/admin/auth/group/{group.pk}/change/", {"name": "x"}).status_code == 403
    form = {"username": "ann", "is_active": "on", "is_staff": "on", "is_superuser": "on",
            "groups": [group.pk], "first_name": "Ann", "date_joined_0": "2026-01-01",
            "date_joined_1": "00:00"}  # fmt: skip
    assert client.post(f"/admin/auth/user/{ann.pk}/change/", form).status_code == 302
    ann.refresh_from_db()
    assert (ann.first_name, ann.is_staff, ann.is_superuser) == ("Ann", False, False)
    assert not ann.groups.exists()


def test_a_disabled_person_gets_no_link(root: Client, ann: User) -> None:
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert root.post(address(ann)).status_code == 403
