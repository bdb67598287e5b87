"""Who holds a text can show that it is the one that was sent, or given; no text is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from chat.models import Conversation, Message, State
from core.personal_data.erasure import erase
from core.personal_data.kinds import personal_data
from ledger.copying import Copier
from ledger.models import Call
from tests.ledger.journals import begun, ended, write
from tests.ledger.test_receipts import receipt
from tests.registry.metering.reading import as_json, mac
from tests.support.portal import Portal
from tests.support.socket_client import SocketClient

TEXT = "Grüße, 😀\n"
REQUEST: dict[str, Any] = {"messages": [{"role": "user", "content": "Say hello"}]}
CHANGED = "The text in the conversation is another one"


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("zoe")


@pytest.fixture
def call(user: User, tmp_path: Path) -> Call:
    """A call of the user, with macs of TEXT and REQUEST."""
    begin = begun(person=str(user.pk))
    secret = settings.SECRET_KEY
    macs: dict[str, Any] = {"prompt": mac(secret, "prompt", begin.key, as_json(**REQUEST)),
            "answer": mac(secret, "answer", begin.key, TEXT)}  # fmt: skip
    write(tmp_path, begin, ended(begin, **macs))
    Copier(tmp_path).copy()
    return Call.of(user).get()


def verify(call: Call, kind: str, file: Path, text: str) -> None:
    file.write_text(text)
    call_command("ledger", "text", str(call.pk), f"--{kind}", str(file))


# ── The command ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("answer", TEXT),
        ("answer", f"{TEXT}\n"),
        ("prompt", as_json(**REQUEST)),
        ("prompt", as_json(**REQUEST, model="m", temperature=1).replace(",", ", \n")),
    ],
)
def test_a_text_is_that_of_a_receipt(call: Call, tmp_path: Path, kind: str, text: str) -> None:
    verify(call, kind, tmp_path / "text", text)


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("answer", "Another", "is not the answer"),
        ("answer", "", "is not the answer"),
        ("prompt", as_json(messages=[]), "is not the prompt"),
        ("prompt", as_json(**REQUEST, system="Be brief."), "is not the prompt"),
        ("prompt", "[]", "is no JSON object"),
    ],
)
def test_another_text_is_not(
    call: Call, tmp_path: Path, kind: str, text: str, message: str
) -> None:
    with pytest.raises(CommandError, match=message) as error:
        verify(call, kind, tmp_path / "text", text)
    assert error.value.returncode == 1


def test_a_former_key_still_shows_it(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "LEDGER_SEAL_KEY", "another key, that is new")
    with pytest.raises(CommandError):
        verify(call, "answer", tmp_path / "text", TEXT)
    monkeypatch.setattr(settings, "LEDGER_SEAL_KEY_FALLBACKS", [settings.SECRET_KEY])
    verify(call, "answer", tmp_path / "text", TEXT)


def test_after_an_erasure_no_one_can_show_it(call: Call, user: User, tmp_path: Path) -> None:
    erase(user)
    with pytest.raises(CommandError, match="has no mac of its answer"):
        verify(call, "answer", tmp_path / "text", TEXT)


def test_a_call_of_someone_who_was_erased_meanwhile_has_no_macs(db: None, tmp_path: Path) -> None:
    begin = begun(person="4711")
    write(tmp_path, begin, ended(begin))
    Copier(tmp_path).copy()
    row = Call.objects.get()
    assert (row.person, bytes(row.prompt_mac), bytes(row.answer_mac)) == (0, b"", b"")


def test_an_export_has_the_macs(call: Call, user: User) -> None:
    (row,) = map(personal_data.kinds["calls"].exported, Call.of(user))
    assert row["answer_mac"] == bytes(call.answer_mac).hex()


# ── The receipt, beside the conversation that has the answer ────────────────────────────────


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"content": TEXT}, "same"),
        ({"content": f"{TEXT} More"}, "other"),
        ({"content": TEXT[:3], "state": State.STOPPED}, None),
        ({"content": TEXT, "receipt": None}, None),
    ],
)
def test_a_receipt_compares_the_conversation(
    call: Call, user: User, fields: dict[str, Any], expected: str | None
) -> None:
    conversation = Conversation.objects.create(user=user, title="t")
    given = {"role": "assistant", "conversation": conversation, "receipt": call.pk, **fields}
    Message.objects.create(**given)
    client = Client()
    client.force_login(user)
    found = client.get(f"/v1/ai/receipts/{call.pk}").json()
    assert found["in_conversation"] == expected
    assert found["answer_hmac"] == bytes(call.answer_mac).hex()
    page = client.get(f"/receipts/{call.pk}").content.decode()
    assert ("is the one that was given" in page) == (expected == "same")
    assert (CHANGED in page) == (expected == "other")


def test_an_answer_of_the_page_is_the_one_that_was_given(portal: Portal) -> None:
    with SocketClient(portal) as client:
        frames = client.ask("Hi")
    found = receipt(portal, frames[-1]["receipt"])
    assert found["in_conversation"] == "same"
    assert found["reported"] == "fake"
    assert len(found["prompt_hmac"]) == 64
