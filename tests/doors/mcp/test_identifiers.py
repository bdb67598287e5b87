"""An agent's question with a card's number in it stays in the house, where models.yaml says so."""

from __future__ import annotations

from pathlib import Path

from tests.doors.mcp.agent import call, failure
from tests.doors.test_identifiers import CARD, RULE
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.workflow.portal import COUNT, QUESTION, says, workflow_portal

HOUSE = """
  house:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    local: true
    registry: {h: {capabilities: [chat, sql], asks: ir}}
"""


async def test_a_question_with_an_identifier_is_for_local_models_only(
    portal_files: Portal, tmp_path: Path, fake: FakeProvider
) -> None:
    portal = workflow_portal(portal_files, tmp_path, "uvicorn")
    portal.stop()
    portal.models.write_text(portal.models.read_text() + HOUSE + RULE)
    portal.tokens["ann+sql"] = portal.tokens["ann"]
    asked = {"source": "concerts", "question": f"{QUESTION} Paid by {CARD}"}
    with portal.serving():
        refused = await failure(portal, "ask_data_source", **asked)
        assert refused["code"] == "permission_denied", refused
        assert "a payment card's number" in refused["message"]
        assert CARD not in str(refused)
        assert not fake.posts
        says(fake, {"query": COUNT})
        answer = await call(portal, "ask_data_source", **asked, model="house:h")
        assert answer["resolution"]["identifiers"] == ["card"]
    assert CARD not in portal.log.read_text()
