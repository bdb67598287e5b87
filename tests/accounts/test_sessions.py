"""Browser sessions on the plain ASGI routes."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
import requests


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
