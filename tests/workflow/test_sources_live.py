"""A running portal follows edits of its file of data sources."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.workflow.portal import SOURCES, build, says, workflow_portal

SQL = "SELECT count(*) AS n FROM concert"


@pytest.fixture(scope="module")
def portal(portal_files: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("live")
    portal = workflow_portal(portal_files, folder, "uvicorn", SOURCES, RELOAD_SECONDS="0.1")
    yield portal
    portal.stop()


def write(portal: Portal, text: str) -> None:
    text = text.replace("FOLDER", str(portal.folder))
    (portal.folder / "sources.yaml").write_text(text)


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.1)


def asks(portal: Portal, source: str) -> int:
    """Return the status of a question about a source that no model is asked for."""
    body = {
        "mode": "compile",
        "ir": {"query": {"from": {"table": "concert"}, "select": [{"expr": 1}]}},
    }
    return portal.post("/v1/sql", {**body, "schema": {"source": source}}).status_code


def test_a_source_is_added_changed_and_removed_without_a_restart(
    portal: Portal, fake: FakeProvider
) -> None:
    assert asks(portal, "fresh") == 404
    write(portal, SOURCES.replace("quick:", "fresh:"))
    until(lambda: asks(portal, "fresh") == 200)
    assert asks(portal, "quick") == 404
    says(fake, SQL)
    assert build(portal, schema={"source": "fresh"}, model="fake:talker")["valid"]
    refused = portal.post("/v1/sql", {"mode": "compile", "ir": {}, "schema": {"source": "quick"}})
    assert "There is no data source 'quick' for you." in refused.text

    write(portal, SOURCES.replace("quick:", "fresh:").replace("tables: [stadium, concert]", "tables: [stadium]"))  # fmt: skip
    until(lambda: not build_is_valid(portal, fake))

    write(portal, SOURCES.replace("groups", "gruops"))
    until(lambda: "sources.yaml was not loaded" in portal.log.read_text())
    log = portal.log.read_text()
    assert "sources.yaml:3:" in log
    assert "Did you mean 'groups'?" in log
    assert str(portal.folder / "concerts.db") not in log
    assert asks(portal, "fresh") == 200
    assert "Traceback" not in log


def build_is_valid(portal: Portal, fake: FakeProvider) -> bool:
    says(fake, SQL, SQL)
    return bool(build(portal, schema={"source": "fresh"}, model="fake:talker")["valid"])
