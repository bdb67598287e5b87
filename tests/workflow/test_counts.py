"""How many schemas and questions one person may store, which is told before it is reached."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal

SCHEMA = "CREATE TABLE films (id INTEGER PRIMARY KEY, title TEXT)"
ASKED = "from workflow.models import Inquiry; from django.contrib.auth.models import User; u = User.objects.get(username='ann'); [Inquiry.objects.create(user=u, dialect='sqlite', outcome='ok', answer={}) for _ in range(4)]"  # fmt: skip


@pytest.fixture
def small(own_portal: Portal) -> Portal:
    own_portal.variables |= {"SCHEMAS_PER_PERSON": "5", "INQUIRIES_PER_PERSON": "4"}
    own_portal.manage("shell", "-c", ASKED)
    own_portal.start()
    return own_portal


def test_schemas_and_questions_have_a_largest_number(small: Portal, fake: FakeProvider) -> None:
    session = small.sign_in("ann")

    def post(path: str, **body: Any) -> Any:
        return session.post(f"{small.url}/workflow/{path}", json=body, timeout=30)

    def keep(name: str, **more: Any) -> Any:
        return post("keep", name=name, dialect="sqlite", text=SCHEMA, **more)

    assert "of 5 saved" not in keep("1").json()["html"]
    answers = [keep(str(number)).json() for number in range(2, 6)]
    assert "You have 4 of 5 saved schemas. Delete some" in answers[2]["html"]
    refused = keep("6")
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "payload_too_large")
    assert "Delete some first" in refused.json()["error"]["message"]
    assert keep("5", replace=True).status_code == 200
    post("forget", id=int(answers[0]["value"].partition(":")[2]))
    assert keep("6").status_code == 200

    page = session.get(f"{small.url}/workflow", timeout=30).text
    assert "You have 4 of 4 stored questions" in page
    asked = post("ask", question="How many films?", schema=SCHEMA, dialect="sqlite")
    assert asked.status_code == 413, json.dumps(asked.json())
    assert "4 stored questions, which is the limit" in asked.json()["error"]["message"]
    assert not fake.posts, "no model is asked for nothing"
