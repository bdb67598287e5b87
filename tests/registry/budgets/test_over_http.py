"""Budgets as people meet them: in every API, on sockets, with two workers, and after a crash."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.registry.budgets.conftest import DAILY, MODELS, Start
from tests.registry.editing import wait_for
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event
from tests.support.servers import databases
from tests.support.servers.cluster import both_workers, until
from tests.support.servers.redis_server import needs_redis
from tests.support.socket_client import SocketClient

HI = [{"role": "user", "content": "Hi"}]
DOORS: dict[str, dict[str, Any]] = {
    "/v1/ai/chat/completion": {"messages": HI},
    "/v1/chat/completions": {"messages": HI},
    "/v1/completions": {"prompt": "Hi"},
    "/v1/responses": {"input": "Hi"},
    "/v1/messages": {"messages": HI, "max_tokens": 9},
    "/api/chat": {"messages": HI, "stream": False},
    "/api/generate": {"prompt": "Hi", "stream": False},
    "/v1/sql": {
        "question": "How many?",
        "schema": "CREATE TABLE t (a INT)",
        "model": "fake:writer",
    },
}


def refusal(answer: requests.Response) -> str:
    """Assert that a budget refused; return the message."""
    assert answer.status_code == 429, answer.text
    body = answer.json()
    error = body["error"] if isinstance(body["error"], dict) else {"message": body["error"], **body}
    assert error["code"] == "budget_exceeded"
    return str(error["message"])


def test_each_api_refuses_what_is_used_up(start: Start) -> None:
    portal = start(
        "  daily: {per: day, each: person, tokens: 100}", PORTAL_CONTACT="ask@example.org"
    )
    assert portal.chat().status_code == 200
    for path, body in DOORS.items():
        answer = portal.post(path, body)
        message = refusal(answer)
        assert "The budget “daily” is used up. It begins again on 20" in message, path
        assert message.endswith("Ask for more: ask@example.org."), path
        assert answer.headers["x-should-retry"] == "false", path
        assert 0 < int(answer.headers["Retry-After"]) <= 25 * 3600, path
    for_openai = portal.chat(path="/v1/chat/completions", stream=True)
    assert for_openai.json()["error"]["type"] == "insufficient_quota"
    with SocketClient(portal) as socket:
        socket.begin()
        error = socket.until("error")[-1]["error"]
    assert error["code"] == "budget_exceeded"
    assert "“daily” is used up" in error["message"]
    assert portal.chat(who="olga").status_code == 200  # each has their own


def test_a_header_names_what_is_left(start: Start) -> None:
    portal = start("  monthly: {per: month, money: 2.5, currency: EUR}\n" + DAILY.format(most=5000))
    assert portal.chat(max_tokens=40).status_code == 200
    money, tokens = portal.chat(max_tokens=40).headers["X-Budget"].split(", ")
    assert money.startswith("monthly;left=2.49;of=2.50;unit=EUR;until=")
    left = int(tokens.removeprefix("daily;left=").split(";")[0])
    assert 4800 < left <= 4900 - 40  # this call's part is kept for it
    assert ";of=5000;unit=tokens;until=20" in tokens


def test_the_api_lists_what_is_left(start: Start) -> None:
    portal = start(DAILY.format(most=400))
    assert [portal.chat().status_code for _ in range(3)] == [200] * 3
    (budget,) = portal.get("/v1/ai/budgets").json()["budgets"]
    assert (budget["of"], budget["used"], budget["left"], budget["low"]) == (400, 300, 100, False)
    assert portal.chat().status_code == 200
    (budget,) = portal.get("/v1/ai/budgets").json()["budgets"]
    assert (budget["left"], budget["low"], budget["refuses"]) == (0, True, True)
    (other,) = portal.get("/v1/ai/budgets", who="olga").json()["budgets"]
    assert other["used"] == 0


def test_pages_say_what_is_left(start: Start) -> None:
    portal = start(DAILY.format(most=500))
    assert [portal.chat().status_code for _ in range(3)] == [200] * 3
    session = portal.sign_in("ann")
    account = session.get(f"{portal.url}/account").text
    assert "200 tokens" in account
    assert "60 %" in account
    assert "is used." not in session.get(f"{portal.url}/").text
    assert portal.chat().status_code == 200
    assert "80 % of the budget “daily” is used. 100 tokens are left" in session.get(portal.url).text
    assert portal.chat().status_code == 200
    assert "The budget “daily” is used up." in session.get(f"{portal.url}/models/banner").text


def test_money_needs_a_price(start: Start) -> None:
    portal = start("  monthly: {per: month, money: 1, currency: EUR, title: Money}")
    assert "“Money” is a budget of money, and this model has no price." in refusal(
        portal.chat(model="fake:unpriced")
    )
    assert portal.chat().status_code == 200


def test_models_without_a_price_may_be_allowed(start: Start) -> None:
    portal = start("  monthly: {per: month, money: 0.00001, currency: EUR, unpriced: allow}")
    assert portal.chat(model="fake:unpriced").status_code == 200
    assert portal.chat().status_code == 200
    assert "used up" in refusal(portal.chat())
    assert portal.chat(model="fake:unpriced").status_code == 200
    assert portal.chat(model="fake:free").status_code == 200


def test_images_are_charged_by_their_price(start: Start) -> None:
    portal = start("  monthly: {per: month, money: 0.1, currency: EUR}", answers=0)
    body = {"prompt": "A cat", "model": "fake:painter", "n": 2}
    assert portal.post("/v1/images/generations", body).status_code == 200
    assert portal.get("/v1/ai/budgets").json()["budgets"][0]["used"] == pytest.approx(0.08)
    assert portal.post("/v1/images/generations", body).status_code == 200
    assert "used up" in refusal(portal.post("/v1/images/generations", body))


def test_a_budget_counts_its_capabilities(start: Start) -> None:
    portal = start("  vectors: {per: day, capabilities: [embeddings], tokens: 1}")
    assert "X-Budget" not in portal.chat().headers
    assert portal.chat().status_code == 200
    (budget,) = portal.get("/v1/ai/budgets").json()["budgets"]
    assert (budget["name"], budget["used"]) == ("vectors", 0)


def test_a_shadow_counts_and_does_not_refuse(start: Start) -> None:
    portal = start("  daily: {per: day, tokens: 100, shadow: true}")
    answers = [portal.chat() for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert ";left=0;" in answers[-1].headers["X-Budget"]


def test_pages_do_not_warn_of_what_refuses_nothing(start: Start) -> None:
    portal = start("  daily: {per: day, tokens: 100, shadow: true, title: Only counted}")
    assert portal.chat().status_code == 200
    session = portal.sign_in("ann")
    assert "Only counted" not in session.get(f"{portal.url}/models/banner").text
    account = session.get(f"{portal.url}/account").text
    assert "refuses nothing" in account


def test_what_a_budget_refuses_is_no_row(start: Start) -> None:
    portal = start("  daily: {per: day, tokens: 100}")
    assert portal.chat().status_code == 200
    refusal(portal.chat())
    refusal(portal.chat(stream=True))
    query = "SELECT outcome, code FROM ledger_call"
    until(lambda: bool(databases.rows(portal, query)))
    portal.stop()
    assert databases.rows(portal, query) == [("ok", "")]


def test_an_edit_of_the_file_raises_a_budget(start: Start) -> None:
    portal = start("  daily: {per: day, tokens: 100}")
    assert portal.chat().status_code == 200
    refusal(portal.chat())
    revision = portal.get("/v1/ai/models/status", who="olga").json()["revision"]
    portal.models.write_text(MODELS.format(budgets="  daily: {per: day, tokens: 200}"))
    wait_for(portal, lambda body: body["revision"] != revision)
    assert portal.chat().status_code == 200
    refusal(portal.chat())


def edit(portal: Portal, budgets: str) -> None:
    revision = portal.get("/v1/ai/models/status", who="olga").json()["revision"]
    portal.models.write_text(MODELS.format(budgets=budgets))
    wait_for(portal, lambda body: body["revision"] != revision)


def used(portal: Portal) -> int:
    return int(portal.get("/v1/ai/budgets").json()["budgets"][0]["used"])


def leave_and_come_back(portal: Portal) -> None:
    """Use a budget, and go on while it is not in the file; it is written again afterwards."""
    assert portal.chat().status_code == 200
    until(lambda: used(portal) == 100, 5)
    edit(portal, "  other: {per: week, tokens: 100000}")
    time.sleep(2)  # each worker has seen that it is gone
    assert [portal.chat().status_code for _ in range(2)] == [200, 200]
    query = "SELECT sum(calls) FROM ledger_hour"
    until(lambda: databases.rows(portal, query) == [(3,)], 10)
    edit(portal, SHARED)


SHARED = "  daily: {per: day, tokens: 1000}"


def test_a_budget_that_comes_back_counts_what_was_used_meanwhile(start: Start) -> None:
    portal = start(SHARED)
    leave_and_come_back(portal)
    until(lambda: used(portal) == 300, 10)


@needs_redis
def test_workers_count_it_too(start: Start, pair: Portal) -> None:
    portal = start(SHARED, pair)
    both_workers(portal)
    leave_and_come_back(portal)
    until(lambda: [used(portal) for _ in range(4)] == [300] * 4, 15)


def test_a_restart_forgets_nothing(start: Start, own_portal: Portal) -> None:
    portal = start(DAILY.format(most=100))
    assert portal.chat().status_code == 200
    until(lambda: "1" in portal.sign_in("ann").get(f"{portal.url}/usage.csv", timeout=20).text, 5)
    portal.stop()
    portal.start()
    refusal(portal.chat())
    assert portal.chat(who="olga").status_code == 200


def test_an_answer_that_was_left_is_charged(start: Start, fake: FakeProvider) -> None:
    portal = start(DAILY.format(most=1000), answers=0)
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    portal.chat("x" * 4000, stream=True, http_stream=True).close()
    until(lambda: portal.get("/v1/ai/budgets").json()["budgets"][0]["used"] > 1000)
    refusal(portal.chat())


def test_what_is_kept_for_answers_under_way_is_not_used_up(
    start: Start, fake: FakeProvider
) -> None:
    portal = start(DAILY.format(most=1000), answers=0)
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    stream = portal.chat("x" * 4000, stream=True, http_stream=True)
    fake.wait_for_post()
    answer = portal.chat()
    assert "kept for answers under way" in refusal(answer)
    assert answer.headers["Retry-After"] == "5"
    assert "x-should-retry" not in answer.headers
    stream.close()


def test_a_worker_that_was_killed_has_used_what_it_kept(start: Start, fake: FakeProvider) -> None:
    portal = start(DAILY.format(most=1000), answers=0)
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    portal.chat("x" * 4000, stream=True, http_stream=True)
    fake.wait_for_post()
    assert portal.process is not None
    portal.process.kill()
    portal.process.wait()
    portal.start()
    refusal(portal.chat())


@needs_redis
def test_two_workers_share_a_budget(start: Start, pair: Portal) -> None:
    portal = start(DAILY.format(most=1000), pair)
    both_workers(portal)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: portal.chat(max_tokens=40), range(40)))
    until(lambda: ask_again(portal, answers) >= 1000, 10)
    assert 100 * passed(answers) <= 1000 + 8 * 100  # over by what was under way, at most
    assert len({answer.headers["X-Worker"] for answer in answers}) == 2
    for _ in range(4):
        refusal(portal.chat())


def ask_again(portal: Portal, answers: list[requests.Response]) -> int:
    """Ask once more, and return how many tokens were used."""
    time.sleep(0.2)  # what one worker does not use goes to the other within seconds
    answers.append(portal.chat(max_tokens=40))
    return 100 * passed(answers)


def passed(answers: list[requests.Response]) -> int:
    return len([answer for answer in answers if answer.status_code == 200])
