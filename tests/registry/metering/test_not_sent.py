"""What a call used that ended before its provider had the request."""

from __future__ import annotations

from typing import Any

import pytest

from core.http.call import Call
from registry.metering.metered import Metered
from registry.metering.records import Chosen, Ended
from registry.metering.tokens import Tokens

CHOSEN = Chosen("chat", "rock", "", "rock:slate", "", "default", "", "r1")


@pytest.mark.parametrize(
    ("written", "tokens", "reason"), [(False, Tokens(), ""), (True, Tokens(100), "left")]
)
def test_who_leaves_before_there_is_a_connection_used_nothing(
    monkeypatch: pytest.MonkeyPatch, written: bool, tokens: Tokens, reason: str
) -> None:
    records: list[Any] = []
    monkeypatch.setattr("registry.metering.metered.book.write", records.append)
    with Metered(CHOSEN, Call(), None) as call:
        call.sends(400)
        call.written = written
    ended = records[-1]
    assert isinstance(ended, Ended)
    assert (ended.outcome, ended.tokens, ended.estimated) == ("left", tokens, reason)
