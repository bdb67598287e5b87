"""What staff who are not superusers find in the admin: each page that they can reach works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from requests import Session

from tests.support.portal import FAKE_KEY, FAKE_TEAM, Portal

MAX_PAGES = 200
LINKS = re.compile(r'<a[^>]*\shref="([^"]+)"')
# An operator who also reads every record, with rows in each.
SETUP = """
from django.contrib.auth.models import Group, Permission, User
from django.utils import timezone
from alerts.models import Alert
from registry.models import Change
from workflow.models import Run
opal = User.objects.create_user("opal", password="a-password-of-opal", is_staff=True)
group, _ = Group.objects.get_or_create(name="operators")
group.permissions.set(Permission.objects.filter(codename="operate") | Permission.objects.filter(codename__startswith="view_"))
opal.groups.set([group])
Alert.objects.create(kind=Alert.Kind.values[0], subject="fake", text="It is unreachable.", began=timezone.now())
Change.objects.create(username="opal", kind="set", capability="chat", before="", after="fake:talker")
Run.objects.create(who=opal, username="opal", source="sales", sql="SELECT 1")
"""
CLEAR = """
from django.contrib.auth.models import Group, User
from alerts.models import Alert
from registry.models import Change
Alert.objects.filter(subject="fake").delete()
Change.objects.filter(username="opal").delete()
Group.objects.filter(name="operators").delete()
User.objects.filter(username="opal").delete()
"""
TAG = re.compile(r"<[^>]*>")  # the hash of a token is its page's address
HASH = re.compile(r"pbkdf2_sha256\$\d+\$|argon2\$|scrypt\$|[0-9a-f]{128}")


@pytest.fixture(scope="module")
def opal(_running: dict[str, Portal]) -> Iterator[tuple[Portal, Session]]:
    portal = _running["patient"]
    portal.manage("shell", "-v0", "-c", SETUP)
    yield portal, portal.sign_in("opal")
    portal.manage("shell", "-v0", "-c", CLEAR)


def kind(address: str) -> tuple[str, ...]:
    """Return what pages that are made alike have in common: the path without numbers, the query's fields."""
    parts = urlsplit(address)
    return re.sub(r"\d+", "0", parts.path), *sorted(parse_qs(parts.query, keep_blank_values=True))


def reachable(portal: Portal, session: Session) -> Iterator[tuple[str, int, str]]:
    """Yield the address, status and text of a page of each kind in the admin, link by link."""
    start = f"{portal.url}/admin/"
    waiting, seen = [start], {kind(start)}
    while waiting:
        address = waiting.pop()
        answer = session.get(address, timeout=30)
        yield address, answer.status_code, answer.text
        for link in map(unescape, LINKS.findall(answer.text)):
            target = urljoin(address, link).partition("#")[0]
            is_combined = target.count("&") > 0  # of two filters, which each are looked at
            if target.startswith(start) and kind(target) not in seen and not is_combined:
                seen.add(kind(target))
                waiting.append(target)


def test_an_operator_who_is_no_superuser_can_open_every_page_and_sees_no_secret(
    opal: tuple[Portal, Session],
) -> None:
    portal, session = opal
    secrets = [FAKE_KEY, FAKE_TEAM, *(token.rpartition("_")[2] for token in portal.tokens.values())]
    found = list(islice(reachable(portal, session), MAX_PAGES))
    assert [(status, address) for address, status, _ in found if status != 200] == []
    assert [address for address, _, text in found if HASH.search(TAG.sub("", text))] == []
    assert [address for address, _, text in found for one in secrets if one in text] == []
    assert 20 < len(found) < MAX_PAGES
