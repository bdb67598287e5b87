"""A portal on which people confirm questions, with models for embeddings that can be switched."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from tests.doors.mcp.agent import TOKENS
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import http
from tests.workflow.portal import MODELS, QUESTION, SOURCES, workflow_portal

SOURCE: dict[str, Any] = {"schema": {"source": "concerts"}}
SQL = "SELECT COUNT(*) AS n FROM concert WHERE year = 2014"
OTHER_SQL = "SELECT COUNT(concert.id) AS shows FROM concert WHERE concert.year = 2014"
HOUSE = """
  house:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    local: true
    registry:
      near: {capabilities: [chat, sql]}
      embedder: {capabilities: [embeddings]}
  away:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    registry:
      embedder: {capabilities: [embeddings]}
      second: {capabilities: [embeddings]}
"""
PEOPLE = """
from django.contrib.auth.models import Group, Permission, User
User.objects.get(username="ann").user_permissions.add(Permission.objects.get(codename="confirm_questions"))
for name, more in (("bert", ["confirm_questions"]), ("dana", ["see_people"]), ("otto", ["confirm_questions"])):
    user = User.objects.create_user(name)
    if name != "otto":
        user.groups.add(Group.objects.get(name="analysts"))
    user.user_permissions.add(*Permission.objects.filter(codename__in=more))
    from accounts.models import ApiToken
    print(name, ApiToken.make(user, "agent"))
"""


def confirming_portal(
    portal_files: Portal, folder: Path, meanings: str = "", sources: str = SOURCES
) -> Portal:
    """Return a portal that runs: ann, bert and otto may confirm, and otto sees no source."""
    if meanings:
        (folder / "meanings.yaml").write_text(meanings)
    portal = workflow_portal(portal_files, folder, "uvicorn", sources, models=HOUSE)
    lines = portal.manage("shell", "-v0", "-c", TOKENS + PEOPLE).stdout.split()
    portal.tokens = {**portal.tokens, **dict(zip(lines[::2], lines[1::2], strict=True))}
    return portal


@pytest.fixture(scope="module")
def _confirming(portal_files: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = confirming_portal(portal_files, tmp_path_factory.mktemp("confirmed"))
    yield portal
    portal.stop()
    assert "Traceback" not in portal.log.read_text(), portal.log.read_text()


@pytest.fixture
def confirming(_confirming: Portal, fake: FakeProvider) -> Portal:
    """The portal without a confirmed question, and without a model for embeddings."""
    set_embeddings(_confirming, "")
    execute(_confirming, "DELETE FROM workflow_confirmation")
    fake.reset()
    return _confirming


def execute(portal: Portal, statement: str) -> None:
    """Change a portal's database: a command of its own would take seconds."""
    if url := portal.variables.get("DATABASE_URL"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)
        return
    with closing(sqlite3.connect(portal.folder / "db.sqlite3", timeout=10)) as database:
        database.execute(statement)
        database.commit()


def built(portal: Portal, question: str = QUESTION, who: str = "ann", **body: Any) -> Any:
    """Return the answer of /v1/ir/build about the source, for any person."""
    asked = {"question": question, **SOURCE, **body}
    answer = portal.post("/v1/ir/build", asked, who=who)
    assert answer.status_code == 200, answer.text
    return answer.json()


def set_embeddings(portal: Portal, model: str, more: str = "") -> None:
    """Make `model` the default for embeddings; empty: there is none."""
    text = MODELS.read_text() + HOUSE + more
    default = f'\n    embeddings: "{model}"' if model else ""
    text = text.replace('sql: "fake:scribe"', f'sql: "fake:scribe"{default}')
    if portal.models.read_text() != text:
        portal.models.write_text(text)
        portal.post("/v1/ai/models/reload", {}, who="olga").raise_for_status()


def confirm(portal: Portal, who: str = "ann", **body: Any) -> requests.Response:
    given = {"question": QUESTION, "sql": SQL, **SOURCE, **body}
    return portal.post("/v1/sql/confirm", given, who=who)


def confirmed(portal: Portal, question: str = QUESTION, sql: str = SQL, **body: Any) -> Any:
    """Confirm a question, and return the answer."""
    answer = confirm(portal, question=question, sql=sql, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def listed(portal: Portal, who: str = "ann", **body: Any) -> Any:
    answer = portal.post("/v1/sql/confirmed", {**SOURCE, **body}, who=who)
    assert answer.status_code == 200, answer.text
    return answer.json()["confirmed"]


def embeds(fake: FakeProvider, *vectors: list[float]) -> None:
    """Let the next call for embeddings be answered with these vectors."""
    data = [{"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(vectors)]
    fake.script(http(200, {"object": "list", "data": data, "model": "embedder"}), "keep")


def embedded(fake: FakeProvider) -> list[list[str]]:
    """Return the texts of each call for embeddings."""
    return [list(post.body["input"]) for post in fake.posts if post.path.endswith("/embeddings")]


def prompt(fake: FakeProvider) -> str:
    """Return the last prompt that a chat model got."""
    posts = [post for post in fake.posts if "messages" in post.body]
    return str(posts[-1].body["messages"][1]["content"])
