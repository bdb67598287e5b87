"""Browser sessions on a running portal."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
import requests

from tests.support.portal import Portal


@pytest.fixture
def browser(portal: Any) -> Any:
    """A session of `requests` that is signed in to the running portal."""
    link = portal.manage("sign_in_link", "ann", "--base", portal.url).stdout.strip()
    session = requests.Session()
    page, _, secret = link.partition("#")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', session.get(page).text)
    assert token
    form = {"csrfmiddlewaretoken": token[1], "secret": secret}
    session.post(page, data=form, headers={"Origin": portal.url})
    yield session
    session.close()


CHAT = {"messages": [{"role": "user", "content": "Hi"}]}


def test_a_browser_session_needs_csrf_and_origin(portal: Any, browser: Any) -> None:
    url = f"{portal.url}/v1/ai/chat/completion"
    token = {"X-CSRFToken": browser.cookies["csrftoken"]}
    valid = {**token, "Origin": portal.url}
    assert browser.post(url, json=CHAT, headers=valid).status_code == 200
    for headers in ({}, token, {"Origin": portal.url}, {**token, "Origin": "http://evil.example"},
                    {**token, "Origin": "null"}, {**token, "Origin": portal.url + "0"},
                    {**valid, "X-CSRFToken": "x" * 64}):  # fmt: skip
        answer = browser.post(url, json=CHAT, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "permission_denied")


def test_an_ended_session_is_refused(portal: Any, browser: Any) -> None:
    url = f"{portal.url}/v1/ai/chat/completion"
    token = browser.cookies["csrftoken"]
    old_cookies = {name: browser.cookies[name] for name in ("sessionid", "csrftoken")}
    data = {"csrfmiddlewaretoken": token}
    browser.post(f"{portal.url}/sign-out", data=data, headers={"Origin": portal.url})
    time.sleep(0.6)  # AUTH_CACHE_SECONDS of the portal under test
    browser.cookies.update(old_cookies)
    answer = browser.post(url, json=CHAT, headers={"X-CSRFToken": token, "Origin": portal.url})
    assert answer.status_code == 401


def test_a_session_that_is_not_used_ends_on_every_route(own_portal: Portal) -> None:
    own_portal.variables |= {"SESSION_IDLE_HOURS": str(4 / 3600)}
    own_portal.start()
    own_portal.sessions.clear()
    ann = own_portal.sign_in("ann")

    def answers() -> list[int]:
        paths = ("/tokens", "/v1/ai/models")
        return [
            ann.get(own_portal.url + path, allow_redirects=False, timeout=5).status_code
            for path in paths
        ]

    for _ in range(3):
        assert answers() == [200, 200]
        time.sleep(2)
    time.sleep(3)
    assert answers() == [302, 401]


def test_cookies_over_https_are_for_this_host_only(own_portal: Portal) -> None:
    own_portal.variables |= {"TRUSTED_SCHEME_HEADER": "X-Forwarded-Proto"}
    own_portal.start()
    own_portal.set_password("ann", "right-ann")
    https = {"X-Forwarded-Proto": "https"}
    host = f"127.0.0.1:{own_portal.port}"
    page = own_portal.get("/sign-in", who=None, headers=https)
    csrf = page.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    headers = {**https, "Cookie": f"__Host-csrftoken={csrf}", "Origin": f"https://{host}"}
    form = {"csrfmiddlewaretoken": csrf, "username": "ann", "password": "right-ann"}
    answer = own_portal.call(
        "POST", "/sign-in", who=None, headers=headers, data=form, allow_redirects=False
    )
    assert answer.status_code == 302
    cookies = [*page.raw.headers.getlist("Set-Cookie"), *answer.raw.headers.getlist("Set-Cookie")]
    assert {cookie.partition("=")[0] for cookie in cookies} == {
        "__Host-csrftoken", "__Host-sessionid", "__Host-device"
    }  # fmt: skip
    for cookie in cookies:
        words = {word.strip().lower() for word in cookie.split(";")[1:]}
        assert {"secure", "path=/"} <= words
        assert not any(word.startswith("domain") for word in words)
    (session,) = [cookie for cookie in cookies if "sessionid" in cookie]
    headers = {**https, "Cookie": session.partition(";")[0]}
    assert own_portal.get("/v1/ai/models", who=None, headers=headers).status_code == 200


def test_headers_of_an_anonymous_caller_are_not_logged(portal: Portal) -> None:
    before = portal.log.stat().st_size
    for name in ("Origin", "Referer", "User-Agent", "X-Request-ID", "Cookie"):
        headers = {"Origin": "https://evil.example", name: "https://canary\\n" + "x" * 12_000}
        form = {"username": "canary", "password": "x"}
        answer = portal.call("POST", "/sign-in", who=None, headers=headers, data=form)
        assert answer.status_code == 403
    assert "canary" not in portal.log.read_text()
    assert portal.log.stat().st_size - before < 1000
