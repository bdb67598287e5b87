"""The part of the account's page about one's own data."""

from __future__ import annotations

import io
import json
import random
import zipfile

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.models import Conversation
from core.personal_data.archive import archive
from core.personal_data.kinds import PAGE, each
from tests.accounts.account_setup import ann
from tests.support.portal import Portal
from workflow.models import Inquiry, Run, SavedSchema

pytestmark = pytest.mark.django_db
__all__ = ["ann"]


@pytest.fixture
def signed_in(client: Client, ann: User) -> Client:
    client.force_login(ann)
    return client


def fill(user: User, conversations: int = 1) -> None:
    for n in range(conversations):
        talk = Conversation.objects.create(user=user, title=f"Talk {n}")
        talk.messages.create(role="user", content="What is a ship?")
    Inquiry.objects.create(user=user, question="How many?", dialect="sqlite", outcome="ok", answer={"dialect": "sqlite", "built": {}})  # fmt: skip
    SavedSchema.objects.create(user=user, name="shop", dialect="sqlite", text="…")
    Run.objects.create(who=user, username=user.username, source="shop", sql="SELECT 1")


def test_the_account_counts_what_is_stored(signed_in: Client, ann: User) -> None:
    fill(ann, 3)
    page = signed_in.get("/account").content.decode()
    assert "<td>Conversations with models, with all messages</td><td>3</td>" in page
    assert "when I delete it" in page


def test_deleting_asks_first_and_says_what_is_lost(signed_in: Client, ann: User) -> None:
    fill(ann, 2)
    page = signed_in.get("/account/delete").content.decode()
    assert "Conversations with models, with all messages: 2" in page
    assert Conversation.objects.count() == 2


def test_deleting_takes_all_that_one_wrote_and_nothing_of_others(
    signed_in: Client, ann: User
) -> None:
    bob = User.objects.create_user("bob")
    fill(ann, 2)
    fill(bob)
    page = signed_in.post("/account/delete").content.decode()
    assert "Conversations with models, with all messages: 2" in page
    for model in (Conversation, Inquiry, SavedSchema):
        assert [row.user for row in model.objects.all()] == [bob], model
    assert Run.objects.count() == 2  # a record stays
    assert "There is nothing to delete" in signed_in.get("/account/delete").content.decode()


def test_rows_are_read_page_by_page(ann: User) -> None:
    fill(ann, 2 * PAGE + 1)
    rows = Conversation.objects.filter(user=ann)
    with CaptureQueriesContext(connection) as queries:
        read = [row.pk for row in each(rows)]
    assert len(queries) == 3
    assert sorted(read) == sorted(rows.values_list("pk", flat=True))


def test_an_archive_is_yielded_in_pieces(ann: User) -> None:
    talk = Conversation.objects.create(user=ann, title="Long")
    letters = random.Random(1).choices("abcdefghijklmnopqrstuvwxyz ", k=300_000)
    for n in range(10):
        talk.messages.create(role="user", content="".join(letters[n:]))
    pieces = list(archive(ann))
    assert len(pieces) > 5
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as file:
        (row,) = json.loads(file.read("conversations.json"))
    assert len(row["messages"]) == 10


def test_people_download_their_own_data(portal: Portal) -> None:
    response = portal.sign_in("ann").get(f"{portal.url}/account/data.zip", timeout=20)
    assert response.headers["Content-Type"] == "application/zip"
    assert "attachment" in response.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(response.content)) as file:
        assert json.loads(file.read("account.json"))[0]["username"] == "ann"


def test_a_token_downloads_nothing(portal: Portal) -> None:
    response = portal.get("/account/data.zip")
    assert response.status_code == 403
    assert response.json()["error"]["code"] == "permission_denied"


def test_a_page_of_another_site_downloads_nothing(portal: Portal) -> None:
    session = portal.sign_in("ann")
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 200)):
        headers = {"Sec-Fetch-Site": site}
        response = session.get(f"{portal.url}/account/data.zip", headers=headers, timeout=20)
        assert response.status_code == status, site
