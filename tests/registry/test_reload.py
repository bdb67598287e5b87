"""Editing models.yaml while the portal runs."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from registry.config.load import revision_of
from registry.state.service import RegistryService, service
from registry.store.memory import MemoryStore
from registry.workers.file_watcher import Watcher
from tests.registry.editing import (
    by_symlink,
    in_place,
    load_on,
    model_ids,
    replace,
    status,
    two_hundred_edits,
    wait_for,
)
from tests.support.fake_provider import FakeProvider
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event

# ── The watcher, step by step ──────────────────────────────────────────────────────────────────

ONE = b"models:\n  a: {api: openai, endpoint: 'http://127.0.0.1:9/v1', registry: {x: {capabilities: [chat]}}}\n"
TWO = ONE.replace(b"x:", b"y:")
BAD = ONE.replace(b"[chat]", b"[chta]")


@pytest.fixture
def file(tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models.yaml for one test, which the service has loaded, with a separate store."""
    path = tmp_path / "models.yaml"
    path.write_bytes(ONE)
    monkeypatch.setattr(settings, "MODELS_FILE", path)
    for name, value in vars(RegistryService()).items():
        monkeypatch.setattr(service, name, value)
    monkeypatch.setattr(service, "store", MemoryStore())
    service.load()
    return path


def models() -> list[str]:
    return list(service.current.models)


def test_an_edit_is_loaded_once_it_is_stable(file: Path) -> None:
    watcher = Watcher()
    watcher.look()
    file.write_bytes(TWO)
    watcher.look()
    assert models() == ["a:x"], "the file may be incomplete"
    watcher.look()
    assert models() == ["a:y"]
    assert service.current.revision == revision_of(TWO)


def test_the_log_has_the_changes_of_an_edit(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    watcher = Watcher()
    service.set_primary("chat", "a:x", by="olga")
    file.write_bytes(TWO.replace(b"{y:", b"{z: {capabilities: [chat]}, y:"))
    watcher.look()
    watcher.look()
    words = (
        "adds 2 models, removes model a:x, which answers for chat, drops primary chat, a:x is gone"
    )
    assert words in caplog.text


def test_a_bad_edit_keeps_the_old_snapshot_and_is_logged_once(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    watcher = Watcher()
    file.write_bytes(BAD)
    for _ in range(5):
        watcher.look()
    assert models() == ["a:x"]
    (record,) = [r for r in caplog.records if r.levelname == "ERROR"]
    assert f"revision {revision_of(ONE)} stays in use" in record.message
    assert "models.yaml:2:" in record.message
    assert "'chta' is not a capability" in record.message
    assert service.rejected is not None
    assert service.rejected.as_dict(operator=False)["problems"] == []


@pytest.mark.parametrize("fixed", [ONE, TWO], ids=["reverted", "fixed"])
def test_the_rejection_ends_when_the_file_is_fixed(file: Path, fixed: bytes) -> None:
    watcher = Watcher()
    for content in (BAD, fixed):
        file.write_bytes(content)
        watcher.look()
        watcher.look()
    assert service.rejected is None
    assert service.current.revision == revision_of(fixed)


def test_an_unchanged_file_is_not_parsed_again(file: Path) -> None:
    before = service.current
    assert service.load() is before
    file.write_bytes(TWO)
    assert service.load() is not before


def test_an_unchanged_file_is_parsed_again_when_a_variable_has_changed(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(ONE.replace(b"'http://127.0.0.1:9/v1'", b"'http://${SOME_HOST}/v1'"))
    assert not service.load().providers["a"].configured
    monkeypatch.setenv("SOME_HOST", "localhost")
    assert service.load().providers["a"].configured


def test_a_missing_file_changes_nothing(file: Path) -> None:
    watcher = Watcher()
    file.unlink()
    for _ in range(3):
        watcher.look()
    assert models() == ["a:x"]
    assert service.rejected is not None
    assert "There is no such file" in service.rejected.problems[0]
    file.write_bytes(TWO)
    watcher.look()
    watcher.look()
    assert models() == ["a:y"]


def test_a_new_reason_for_an_unreadable_file_is_logged(file: Path) -> None:
    watcher = Watcher()
    file.unlink()
    for step in (lambda: None, file.mkdir):
        step()
        watcher.look()
        watcher.look()
    assert service.rejected is not None
    assert "This is not a file" in service.rejected.problems[0]


def test_a_primary_whose_model_is_removed_is_dropped(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    watcher = Watcher()
    service.set_primary("chat", "a:x", by="olga")
    file.write_bytes(TWO)
    watcher.look()
    watcher.look()
    assert service.current.primaries == {}
    assert service.current.defaults == {}
    assert "The primary of chat is no longer in the file" in caplog.text


# ── On a real server ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("write", [replace, in_place, by_symlink])
def test_an_edit_is_in_use_within_two_seconds(own_portal: Portal, write: Any) -> None:
    own_portal.start()
    text = own_portal.models.read_text()
    write(
        own_portal.models,
        text.replace("talker: {", "newcomer: {capabilities: [chat]}\n      talker: {"),
    )
    wait_for(own_portal, lambda body: "fake:newcomer" in model_ids(body))
    assert own_portal.chat(model="fake:newcomer").status_code == 200


def test_an_edit_that_drops_a_primary_is_recorded_in_words(own_portal: Portal) -> None:
    own_portal.start()
    payload = {"capability": "chat", "model": "fake:patient"}
    assert own_portal.post("/v1/ai/models/primary", payload, who="olga").status_code == 200
    text = own_portal.models.read_text()
    own_portal.models.write_text(text.replace("patient:", "impatient:"))
    wait_for(own_portal, lambda body: not body["primaries"])
    olga = own_portal.sign_in("olga")
    page = olga.get(f"{own_portal.url}/models", timeout=5).text
    html = " ".join(re.sub("</?span[^>]*>", "", page).split())
    assert "models.yaml was edited: adds model fake:impatient, removes model fake:patient" in html
    assert "models.yaml no longer lists the primary for chat: fake:patient → fake:talker" in html


def test_a_bad_edit_shows_and_changes_nothing(own_portal: Portal, fake: FakeProvider) -> None:
    own_portal.start()
    before = status(own_portal)
    assert before["rejected_edit"] is None
    text = own_portal.models.read_text()
    own_portal.models.write_text(text.replace("capabilities: [chat]", "capabilities: [chta]", 1))
    body = wait_for(own_portal, lambda body: body["rejected_edit"])
    assert model_ids(body) == model_ids(before)
    assert body["revision"] == before["revision"]
    assert "'chta' is not a capability" in body["rejected_edit"]["problems"][0]
    assert status(own_portal)["rejected_edit"]["problems"] == [], "for operators only"
    assert own_portal.get("/readyz", who=None).json() == {"status": "ready"}
    assert own_portal.get("/readyz", who="olga").json()["rejected_edit"]["problems"]
    assert own_portal.chat().status_code == 200
    banner = "The last edit of <code>models.yaml</code> is invalid"
    olga = own_portal.sign_in("olga")
    for path in ("/", "/admin/", "/admin/registry/configuration/", "/admin/registry/change/"):
        html = olga.get(own_portal.url + path, timeout=5).text
        assert html.count(banner) == 1, path
        assert "&#x27;chta&#x27; is not a capability" in html
    assert banner not in own_portal.sign_in("ann").get(own_portal.url, timeout=5).text
    own_portal.models.write_text(text)
    wait_for(own_portal, lambda body: body["rejected_edit"] is None)


def test_a_running_answer_keeps_its_model(own_portal: Portal, fake: FakeProvider) -> None:
    own_portal.variables |= LONG_TIMEOUTS
    own_portal.start()
    end = event(chunk("half", "stop")) + b"data: [DONE]\n\n"
    model_removed = threading.Event()
    fake.script(SSE_HEAD + event(chunk("Half ")), model_removed, event(chunk("and ")), 0.3, end)
    answer = own_portal.chat(stream=True, http_stream=True, model="fake:patient")
    text = own_portal.models.read_text()
    lines = [line for line in text.splitlines() if "patient:" not in line]
    own_portal.models.write_text("\n".join(lines))
    wait_for(own_portal, lambda body: "fake:patient" not in model_ids(body))
    model_removed.set()
    answer_text = answer.content.decode()
    assert '"half"' in answer_text
    assert answer_text.endswith("data: [DONE]\n\n")


def test_two_hundred_edits_under_load_fail_no_request(
    own_portal: Portal, fake: FakeProvider
) -> None:
    """Every third edit is invalid; each list is complete, and the last valid edit is in use."""
    own_portal.variables["RELOAD_SECONDS"] = "0.01"
    own_portal.start()
    with load_on(own_portal) as failures:
        revision = two_hundred_edits(own_portal)
        wait_for(own_portal, lambda body: body["revision"] == revision)
    assert failures == []
    assert "Traceback" not in own_portal.log.read_text()
