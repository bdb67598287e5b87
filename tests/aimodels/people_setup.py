"""A person with a row of every kind, and the search for their words in all bytes."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest

from tests.support.portal import Portal
from tests.support.socket_client import SocketClient

NAME, WORD = "zoe.quince", "marzipanwurst"  # in no other text

ROWS = f"""
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from accounts.models import ApiToken, SignInLink
from chat.attachments.store import keep
from registry.models import Change
from sharing.models import Share
from workflow.models import Confirmation, Inquiry, Run, SavedSchema
zoe = User.objects.get(username="{NAME}")
User.objects.filter(pk=zoe.pk).update(email="{WORD}@example.org", last_name="{WORD}")
SignInLink.make(zoe)
answer = {{"version": 1, "dialect": "sqlite", "no_writer": "",  "clauses": {{}}, "built": {{"outcome": "invalid", "valid": False, "explanation": ["{WORD}"]}}, "written": None}}
Inquiry.objects.create(user=zoe, question="Who ordered {WORD}?", dialect="sqlite", outcome="invalid", answer=answer)
Share.objects.create(user=zoe, title="{WORD}", content={{"messages": ["{WORD}"]}}, ends=zoe.date_joined)
SavedSchema.objects.create(user=zoe, name="{WORD}", dialect="sqlite", text="CREATE TABLE {WORD} (id INTEGER)")
keep(zoe, "{WORD}.txt", b"All about {WORD}.")
confirmed = dict(who=zoe, username="{NAME}", source="shop", ir={{}}, sql="SELECT 1", parts={{}})
Confirmation.objects.create(question="How many?", digest="1", **confirmed)
Confirmation.objects.create(question="Is it {WORD}?", digest="2", ended=zoe.date_joined, ended_by="{NAME}", **confirmed)
Run.objects.create(who=zoe, username="{NAME}", source="shop", sql="SELECT '{WORD}'", rows=1)
Change.objects.create(who=zoe, username="{NAME}", address="192.0.2.77", capability="chat", after="fake:talker")
entry = dict(content_type=ContentType.objects.get_for_model(User), object_id=zoe.pk, object_repr="{NAME}", action_flag=2)
LogEntry.objects.create(user=zoe, **entry)
LogEntry.objects.create(user=User.objects.get(username="olga"), **entry)
client = Client()
client.force_login(zoe)
Client().post("/sign-in", {{"username": "{NAME}", "password": "{WORD}"}}, HTTP_USER_AGENT="{NAME}", HTTP_HOST="127.0.0.1")  # now: a sign-in resets the count
print(client.session.session_key)
"""


def add_person(portal: Portal) -> None:
    """Add the person to a portal that runs; they ask a question in a conversation."""
    token = portal.manage("create_token", NAME, "--name", WORD).stdout.split()[-1]
    portal.tokens[NAME] = token
    portal.sessions[NAME] = portal.manage("shell", "-c", ROWS).stdout.split()[-1]
    with SocketClient(portal, who=NAME) as client:
        frames = client.ask(f"What is {WORD}?")
        assert frames[-1]["type"] == "done"
        client.ask("long", conversation=frames[0]["conversation"])


def database_files(portal: Portal) -> list[Path]:
    """Return the files of a portal's database. On Postgres this needs its folder."""
    if not (url := portal.variables.get("DATABASE_URL")):
        return sorted(portal.folder.glob("db.sqlite3*"))
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT current_setting('data_directory'), oid FROM pg_database "
            "WHERE datname = current_database()"
        ).fetchone()
        connection.execute("CHECKPOINT")  # what is in memory only cannot be searched
    assert row
    folder = Path(row[0], "base", str(row[1]))
    if not os.access(folder, os.R_OK):
        pytest.skip("The files of Postgres cannot be read.")
    return sorted(folder.iterdir())


def files_with(portal: Portal, *words: str) -> list[str]:
    """Return the files of database, VAR_DIR and logs in which one of `words` stands."""
    files = {*database_files(portal), *(p for p in portal.folder.rglob("*") if p.is_file())}
    return sorted(
        path.name for path in files
        if any(word.encode() in path.read_bytes() for word in words)
    )  # fmt: skip
