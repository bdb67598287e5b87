"""A portal that runs sends alerts: about its file, its providers, once for all workers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from tests.registry.editing import replace
from tests.support.portal import Portal
from tests.support.servers import databases
from tests.support.servers.cluster import both_workers, pair, redis
from tests.support.servers.hook_server import HookServer, hook_server
from tests.support.servers.mail_server import mail_server
from tests.support.servers.redis_server import RedisServer, needs_redis

__all__ = ["pair", "redis"]
ALERTS = """
alerts:
  after: 1
  targets:
    ops: {{webhook: "${{HOOK}}", headers: {{X-Key: "${{HOOK_KEY}}"}}, on: [{on}]}}
"""
HOOK_KEY = "hook-key-7hX2"


@pytest.fixture
def hook() -> Iterator[HookServer]:
    with hook_server() as server:
        yield server


def with_alerts(portal: Portal, hook: HookServer, on: str) -> str:
    """Give a portal's file a target, and return its content."""
    portal.variables |= {"HOOK": hook.url, "HOOK_KEY": HOOK_KEY}
    text = portal.models.read_text() + ALERTS.format(on=on)
    portal.models.write_text(text)
    return text


@pytest.fixture
def start(own_portal: Portal, hook: HookServer) -> Callable[[str], str]:
    def start(on: str) -> str:
        text = with_alerts(own_portal, hook, on)
        own_portal.start()
        return text

    return start


def test_a_rejected_edit_is_sent_with_its_line_and_so_is_the_next_good_one(
    own_portal: Portal, hook: HookServer, start: Callable[[str], str]
) -> None:
    text = start("file_rejected")
    replace(own_portal.models, text.replace("capabilities: [chat]", "capabilities: [chta]", 1))
    (got,) = hook.wait(1)
    assert "was not loaded; revision" in got["text"]
    assert "models.yaml:13:" in got["text"]
    assert "Did you mean 'chat'?" in got["text"]
    assert own_portal.chat().status_code == 200
    replace(own_portal.models, text)
    _, over = hook.wait(2)
    assert (over["event"], over["text"][:24]) == ("over", "AI models: No longer so:")
    assert hook.headers[0]["X-Key"] == HOOK_KEY
    log = own_portal.log.read_text()
    assert "secret-path" not in log
    assert HOOK_KEY not in log


def test_a_provider_that_is_down_is_sent_once(
    own_portal: Portal, hook: HookServer, start: Callable[[str], str]
) -> None:
    start("provider_down, drift")
    hook.wait(2)
    time.sleep(6)
    sent = {(one["kind"], one["subject"]) for one in hook.got}
    assert sent >= {("provider_down", "closed"), ("drift", "pond")}  # the fake Ollama has no model
    assert len(hook.got) == len(sent)


@needs_redis
@pytest.mark.parametrize("shares", [True, False], ids=["with Redis", "while Redis is away"])
def test_two_workers_send_one_alert(
    pair: Portal, redis: RedisServer, hook: HookServer, shares: bool
) -> None:
    text = with_alerts(pair, hook, "file_rejected")
    pair.start()
    both_workers(pair)
    if not shares:
        redis.kill()
        time.sleep(1.5)  # now each worker believes that it has to do the work
    replace(pair.models, text.replace("capabilities: [chat]", "capabilities: [chta]", 1))
    hook.wait(1)
    time.sleep(6)
    assert len(hook.got) == 1
    assert databases.rows(pair, "SELECT state, attempts FROM alerts_delivery") == [("sent", 1)]


def test_the_command_tests_every_target(own_portal: Portal, hook: HookServer) -> None:
    with_alerts(own_portal, hook, "drift")
    with mail_server() as post:
        own_portal.variables["SMTP_URL"] = post.url
        content = own_portal.models.read_text()
        own_portal.models.write_text(f"{content}    boss: {{mail: [boss@example.org]}}\n")
        done = own_portal.manage("alerts", "test")
        assert done.stdout.splitlines() == [
            f"ops ({hook.url.split('/')[2]}): sent", "boss (1 addresses of mail): sent"
        ]  # fmt: skip
        assert hook.got[0]["event"] == "test"
        assert post.mails[0]["To"] == "boss@example.org"
    failed = own_portal.manage("alerts", "test", "boss", check=False)
    assert failed.returncode == 1
    assert "boss (1 addresses of mail): failed: the mail server did not take it" in failed.stdout
    unknown = own_portal.manage("alerts", "test", "bos", check=False)
    assert "There is no target bos. Known: ops, boss." in unknown.stderr


def test_an_operator_silences_an_alert_in_the_admin(
    own_portal: Portal, hook: HookServer, start: Callable[[str], str]
) -> None:
    text = start("file_rejected")
    replace(own_portal.models, text.replace("capabilities: [chat]", "capabilities: [chta]", 1))
    hook.wait(1)
    session = own_portal.sign_in("olga")
    page = session.get(f"{own_portal.url}/admin/alerts/alert/").text
    assert "file rejected" in page
    assert "ops, began: sent" in page
    ((number,),) = databases.rows(
        own_portal, "SELECT id FROM alerts_alert WHERE kind = 'file_rejected'"
    )
    form = {"action": "silence_for_a_day", "_selected_action": number}
    done = session.post(f"{own_portal.url}/admin/alerts/alert/", form)
    assert "1 alert was changed." in done.text
    replace(own_portal.models, text)
    time.sleep(6)
    assert len(hook.got) == 1


def test_only_operators_see_the_alerts(own_portal: Portal) -> None:
    own_portal.start()
    page = own_portal.sign_in("ann").get(f"{own_portal.url}/admin/alerts/alert/")
    assert page.status_code in (403, 404)
