"""`manage.py models …`: the commands that call providers or the running portal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.registry.editing import extended
from tests.support.fake_provider import FakeProvider
from tests.support.portal import FAKE_KEY, Portal
from tests.support.provider_messages import http


def models(portal: Portal, *arguments: str) -> tuple[int, str, str]:
    process = portal.manage("models", *arguments, check=False)
    assert "Traceback" not in process.stderr
    return process.returncode, process.stdout.strip(), process.stderr.strip()


def as_json(portal: Portal, *arguments: str) -> tuple[int, Any]:
    code, out, _ = models(portal, *arguments, "--format", "json")
    return code, json.loads(out)


@pytest.fixture
def running(own_portal: Portal) -> Portal:
    own_portal.start()
    return own_portal


def test_a_primary_is_set_and_reset(running: Portal) -> None:
    code, out, _ = models(running, "set-primary", "chat", "pond:frog", "--reason", "a trial")
    warning = "But pond does not have this model."
    assert (code, out) == (0, f"chat: pond:frog (was fake:talker) {warning}")
    primary = running.get("/v1/ai/models").json()["primaries"]["chat"]
    assert (primary["model"], primary["by"], primary["reason"]) == ("pond:frog", "olga", "a trial")
    code, body = as_json(running, "reset-primary", "chat", "--by", "olga")
    assert (code, body["model"], body["previous"]) == (0, "fake:talker", "pond:frog")
    assert running.get("/v1/ai/models").json()["primaries"] == {}


REFUSED = {
    "no such model": (["set-primary", "chat", "pond:frgo"], 2, "Did you mean 'pond:frog'?"),
    "lacks the capability": (["set-primary", "chat", "pond:newt:1b"], 1, "cannot 'chat'"),
    "no such capability": (["reset-primary", "chta"], 1, "Did you mean 'chat'?"),
    "no operator": (["set-primary", "chat", "pond:frog", "--by", "ann"], 2, "ann is no operator"),
    "no portal": (["reload", "--url", "http://127.0.0.1:9"], 3, "No portal answers at http://127.0.0.1:9."),
    "no such provider": (["probe", "pnod"], 2, "Did you mean 'pond'?"),
}  # fmt: skip


def test_each_failure_has_its_exit_code_and_message(running: Portal) -> None:
    for name, (arguments, expected, words) in REFUSED.items():
        code, out, err = models(running, *arguments)
        assert (code, out) == (expected, ""), name
        assert words in err, name
    code, body = as_json(running, "set-primary", "chat", "pond:frgo")
    assert (code, body["error"]["code"]) == (2, "model_not_found")
    assert running.get("/v1/ai/models").json()["primaries"] == {}


def test_a_deprecated_model_needs_force(own_portal: Portal) -> None:
    text = own_portal.models.read_text()
    frog = "frog: {deprecated: true, replacement: 'fake:talker',"
    own_portal.models.write_text(text.replace("frog: {", frog))
    own_portal.start()
    code, _, err = models(own_portal, "set-primary", "chat", "pond:frog")
    assert code == 1
    assert "'pond:frog' is deprecated. Use 'fake:talker'." in err
    assert "--force" in err
    assert models(own_portal, "set-primary", "chat", "pond:frog", "--force")[0] == 0
    answer = own_portal.chat()
    assert answer.headers["X-Model-Deprecated"] == "fake:talker"
    resolution = answer.json()["resolution"]
    assert (resolution["deprecated"], resolution["replacement"]) == (True, "fake:talker")
    assert "X-Model-Deprecated" not in own_portal.chat(model="fake:talker").headers


def test_reload_prints_the_changes_or_the_mistakes(own_portal: Portal) -> None:
    own_portal.variables["RELOAD_SECONDS"] = "0"
    own_portal.start()
    text = own_portal.models.read_text()
    own_portal.models.write_text(extended(text))
    code, out, _ = models(own_portal, "reload")
    assert (code, out) == (0, f"The file adds model fake:extra; revision {own_portal.revision}.")
    own_portal.models.write_text(text.replace("[chat]", "[chta]", 1))
    code, _, err = models(own_portal, "reload")
    assert code == 1
    assert "models.yaml:13:" in err
    assert "'chta' is not a capability" in err
    code, body = as_json(own_portal, "reload")
    assert (code, body["error"]["code"]) == (1, "models_file_invalid")


def test_a_command_leaves_no_token_behind(running: Portal) -> None:
    models(running, "set-primary", "chat", "pond:frog")
    models(running, "set-primary", "chat", "pond:frgo")
    program = "from accounts.models import ApiToken; print(ApiToken.objects.filter(name='manage.py models').count())"
    assert running.manage("shell", "-v0", "-c", program).stdout.strip() == "0"


def test_a_portal_with_a_public_host_name_is_reached(own_portal: Portal) -> None:
    own_portal.variables |= {
        "ALLOWED_HOSTS": "ai.example.org",
        "TRUSTED_SCHEME_HEADER": "X-Forwarded-Proto",
    }
    own_portal.public = "ai.example.org"
    own_portal.start()
    assert models(own_portal, "set-primary", "chat", "pond:frog")[0] == 0


def test_probe_works_without_a_running_portal(own_portal: Portal, fake: FakeProvider) -> None:
    code, out, _ = models(own_portal, "probe")
    assert code == 1, "one provider is unreachable"
    lines = {line.split()[0]: line.split(maxsplit=2)[1:] for line in out.splitlines()}
    assert lines["fake"] == ["healthy"]
    assert lines["closed"][0] == "unreachable"
    assert lines["keyless"] == ["unconfigured", "NEVER_SET is not set"]
    code, health = as_json(own_portal, "probe", "fake", "keyless")
    assert code == 0
    assert health["fake"]["status"] == "healthy"
    fake.answers["/v1/models"] = http(401, {"error": {"message": f"no: {FAKE_KEY}"}})
    code, out, _ = models(own_portal, "probe", "fake")
    assert code == 1
    assert "auth_failed" in out
    assert FAKE_KEY not in out
