"""Switching primaries: concurrent switches, lost answers of the store, and failures."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError

from core.errors import PortalError
from registry.state.primaries import Primaries, decode, encode
from registry.state.service import RegistryService, Switch
from registry.store import StoreDownError
from registry.store.memory import MemoryStore
from tests.support.portal import Portal
from tests.support.servers.databases import locked

FILE = """
models:
  defaults: {chat: "a:x"}
  a:
    api: openai
    endpoint: http://127.0.0.1:9/v1
    registry:
      x: {capabilities: [chat]}
      y: {capabilities: [chat]}
      old: {capabilities: [chat], deprecated: true, replacement: "a:y"}
"""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RegistryService:
    path = tmp_path / "models.yaml"
    path.write_text(FILE)
    monkeypatch.setattr(settings, "MODELS_FILE", path)
    new_service = RegistryService()
    new_service.store = MemoryStore()
    new_service.load()
    return new_service


def chat_model(service: RegistryService) -> str:
    return service.current.resolve("chat").id


def test_a_view_from_before_a_switch_does_not_undo_it(service: RegistryService) -> None:
    before, view = service.primaries, service.store.primaries()
    service.set_primary("chat", "a:y", by="olga")
    service.follow(view, before)
    assert chat_model(service) == "a:y"
    service.follow(b"", service.primaries)
    assert chat_model(service) == "a:x", "the store is empty, and the file's default applies"


def test_readers_never_wait_for_a_switch(service: RegistryService) -> None:
    entered, go_on = threading.Event(), threading.Event()

    @contextmanager
    def slow(switch: Switch) -> Iterator[None]:
        entered.set()
        assert go_on.wait(5)
        yield

    thread = threading.Thread(
        target=lambda: service.set_primary("chat", "a:y", by="olga", record=slow)
    )
    thread.start()
    assert entered.wait(5)
    service.load()
    service.follow(encode(Primaries()), service.primaries)
    assert chat_model(service) == "a:x"
    go_on.set()
    thread.join()
    assert chat_model(service) == "a:y"


def test_versions_are_never_reused(service: RegistryService) -> None:
    versions = [service.set_primary("chat", "a:y", by="olga").registry.version for _ in range(5)]
    assert len(set(versions)) == 5
    service.store = MemoryStore()
    service.follow(b"", service.primaries)
    assert service.set_primary("chat", "a:y", by="olga").registry.version not in versions


def test_invalid_primaries_are_replaced_by_the_next_switch(service: RegistryService) -> None:
    service.store.swap_primaries(b"", b"[not ours]")
    service.follow(b"[not ours]", service.primaries)
    assert chat_model(service) == "a:x"
    service.set_primary("chat", "a:y", by="olga")
    primaries = decode(service.store.primaries())
    assert primaries is not None
    assert primaries.chosen["chat"].model == "a:y"


def test_a_reset_without_a_primary_changes_and_records_nothing(service: RegistryService) -> None:
    version = service.current.version

    recorded: list[Switch] = []

    @contextmanager
    def record(switch: Switch) -> Iterator[None]:
        recorded.append(switch)
        yield

    switch = service.reset_primary("chat", by="olga", record=record)
    assert (switch.model, switch.previous) == ("a:x", "a:x")
    assert (service.current.version, recorded) == (version, [])


class LosesAnswers(MemoryStore):
    """Stores each value, but loses the first `times` answers."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def swap_primaries(self, old: bytes, new: bytes) -> bool:
        super().swap_primaries(old, new)
        self.times -= 1
        raise StoreDownError("timed out")

    def primaries(self) -> bytes:
        if 0 < self.times < 2:
            raise StoreDownError("timed out")
        return super().primaries()


def test_a_switch_without_a_response_is_verified(service: RegistryService) -> None:
    service.store = LosesAnswers(1)
    service.store.times = 3
    recorded: list[Switch] = []

    @contextmanager
    def record(switch: Switch) -> Iterator[None]:
        yield
        recorded.append(switch)

    switch = service.set_primary("chat", "a:y", by="olga", record=record)
    assert (switch.previous, chat_model(service), len(recorded)) == ("a:x", "a:y", 1)


def test_an_unverifiable_switch_is_reported(service: RegistryService) -> None:
    service.store = LosesAnswers(2)
    with pytest.raises(PortalError) as caught:
        service.set_primary("chat", "a:y", by="olga")
    assert caught.value.code == "store_unavailable"
    assert "The change may have been made" in caught.value.message


def test_a_failed_record_reverts_the_switch(service: RegistryService) -> None:
    @contextmanager
    def lost(switch: Switch) -> Iterator[None]:
        yield
        raise OperationalError("the connection broke at the commit")

    with pytest.raises(PortalError) as caught:
        service.set_primary("chat", "a:y", by="olga", record=lost)
    assert (caught.value.code, caught.value.kind.status) == ("overloaded", 503)
    primaries = decode(service.store.primaries())
    assert primaries is not None
    assert primaries.chosen == {}
    assert chat_model(service) == "a:x"


def test_a_deprecated_model_needs_force(service: RegistryService) -> None:
    with pytest.raises(PortalError) as caught:
        service.set_primary("chat", "a:old", by="olga")
    assert caught.value.code == "model_deprecated"
    assert "Use 'a:y'." in caught.value.message
    assert service.set_primary("chat", "a:old", by="olga", force=True).model == "a:old"


def test_a_busy_database_delays_no_list_and_no_edit(running_portal: Portal) -> None:
    body = {"capability": "chat", "model": "pond:frog"}
    with locked(running_portal):
        answers = []
        thread = threading.Thread(
            target=lambda: answers.append(
                running_portal.post("/v1/ai/models/primary", body, who="olga")
            )
        )
        thread.start()
        time.sleep(0.3)
        text = running_portal.models.read_text()
        running_portal.models.write_text(
            text.replace("talker: {", "extra: {capabilities: [chat]}\n      talker: {")
        )
        end = time.monotonic() + 2
        while "fake:extra" not in running_portal.get("/v1/ai/models").text:
            assert time.monotonic() < end
        assert running_portal.chat().status_code == 200
    thread.join()
    assert answers[0].status_code == 200
