"""A person's export and erasure, on a portal that runs; what is left is searched byte by byte."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
import requests

from tests.aimodels.people_setup import NAME, WORD, add_person, files_with
from tests.support.paths import ROOT
from tests.support.portal import Portal
from tests.support.servers.databases import rows


@pytest.fixture
def person(running_portal: Portal) -> Portal:
    add_person(running_portal)
    return running_portal


def test_an_export_has_everything_but_secrets(person: Portal, tmp_path: Path) -> None:
    file = tmp_path / "zoe.zip"
    report = person.manage("people", "export", NAME, str(file)).stdout
    assert "conversations: 1\n" in report
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert f"What is {WORD}?" in texts["conversations.json"]
    (file,) = json.loads(texts["attachments.json"])
    assert base64.b64decode(file["base64"]).decode() == file["text"] == f"All about {WORD}."
    (markdown,) = (texts[name] for name in texts if name.startswith("conversations/"))
    assert f"What is {WORD}?" in markdown
    counts = {name: len(json.loads(text)) for name, text in texts.items() if name.endswith(".json")}
    assert counts == {
        "account.json": 1, "admin_entries.json": 2, "attachments.json": 1, "calls.json": counts["calls.json"], "changes.json": 1, "confirmations.json": 2, "conversations.json": 1,
        "feedback.json": 0, "inquiries.json": 1, "instructions.json": 0, "prompts.json": 0, "runs.json": 1, "schemas.json": 1, "sessions.json": 1, "shares.json": 1,
        "sign_in_links.json": 1, "sign_ins.json": counts["sign_ins.json"], "tokens.json": 1, "votes.json": 0,
    }  # fmt: skip
    assert counts["sign_ins.json"] >= 3  # a link and a token were made, and someone signed in
    everything = "".join(texts.values())
    assert person.tokens[NAME] not in everything
    assert person.sessions[NAME] not in everything


def test_after_an_erasure_no_byte_is_left(person: Portal) -> None:
    assert files_with(person, WORD, NAME)  # else the search finds nothing at all
    session, token = person.sessions[NAME], person.tokens[NAME]
    report = person.manage("people", "erase", NAME, "--yes").stdout
    assert "conversations: 1\n" in report
    assert "was not emptied" not in report
    assert files_with(person, WORD, NAME, session, token[:15]) == []
    kept = rows(person, "SELECT username, address, reason FROM registry_change")
    assert [row[0].startswith("erased-") for row in kept] == [True]
    assert rows(person, "SELECT sql, source FROM workflow_run") == [("", "shop")]
    confirmed = rows(person, "SELECT username, who_id, question FROM workflow_confirmation")
    assert [(row[0].startswith("erased-"), *row[1:]) for row in confirmed] == [
        (True, None, "How many?")
    ]


def test_an_erased_person_is_signed_out_and_the_portal_goes_on(person: Portal) -> None:
    person.manage("people", "erase", NAME, "--yes")
    person.chat(who="ann").raise_for_status()
    time.sleep(0.6)  # AUTH_CACHE_SECONDS
    assert person.chat(who=NAME).status_code == 401
    cookies = {"sessionid": person.sessions[NAME]}
    assert "/sign-in" in requests.get(person.url, cookies=cookies, timeout=5).url


def test_a_wrong_answer_erases_nothing(own_portal: Portal) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "people", "erase", "ann"]
    done = subprocess.run(command, env=own_portal.environment, input="anna\n", text=True,
                          capture_output=True, timeout=60)  # fmt: skip
    assert done.returncode == 1
    assert "Nothing was erased." in done.stderr
    assert rows(own_portal, "SELECT 1 FROM auth_user WHERE username = 'ann'") == [(1,)]
