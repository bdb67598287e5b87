"""The embedded model computes every prompt again: nothing shows what another person asked."""

from __future__ import annotations

import time
from typing import Any

import requests

from tests.support.portal import Portal

SECRET = "The merger with Example Ltd is on day " + " ".join(str(n) for n in range(60))
BODY = {"messages": [{"role": "user", "content": SECRET}], "max_tokens": 1, "temperature": 0}


def asked(portal: Portal, who: str, **more: Any) -> dict[str, Any]:
    body = {**BODY, "model": "local:smollm2:135m", **more}
    answer = portal.post("/v1/chat/completions", body, who=who, timeout=60)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_no_prompt_of_another_is_reused(shipped: Portal) -> None:
    size = asked(shipped, "ann")["usage"]["prompt_tokens"]
    for more in ({}, {"cache_prompt": True}, {"cache_prompt": True, "timings_per_token": True}):
        answer = asked(shipped, "olga", **more)  # an operator, who sees what the server reports
        assert answer["timings"]["prompt_n"] == size
        assert not answer["usage"]["prompt_tokens_details"]["cached_tokens"]


def test_only_operators_see_its_times(shipped: Portal) -> None:
    answer = asked(shipped, "ann")
    assert "timings" not in answer
    assert "cached_tokens" not in str(answer)


def test_an_equal_prompt_is_not_faster(shipped: Portal, embedded: dict[str, str]) -> None:
    def seconds(text: str) -> float:
        url = f"http://127.0.0.1:{embedded['LOCAL_PORT']}/v1/chat/completions"
        headers = {"Authorization": f"Bearer {embedded['LOCAL_API_KEY']}"}
        body = {**BODY, "messages": [{"role": "user", "content": text}]}
        began = time.perf_counter()
        requests.post(url, json=body, headers=headers, timeout=60).raise_for_status()
        return time.perf_counter() - began

    seconds(SECRET)
    # A cached prompt takes a thirtieth of the time: the bound holds on a busy machine.
    assert min(seconds(SECRET) for _ in range(3)) > min(seconds(SECRET[::-1]) for _ in range(3)) / 8
