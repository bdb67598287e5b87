"""What a cache that people share had is not in the ledger: it would show what others asked."""

from __future__ import annotations

import pytest

from core.http.call import Call
from registry.metering.book import book
from registry.metering.metered import Metered
from registry.metering.records import Begun, Chosen, Ended
from registry.metering.tokens import Tokens

CHOSEN = Chosen("chat", "rock", "", "rock:slate", "", "default", "", "r1")
USAGE = {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 8}}


@pytest.mark.parametrize(("hides_cache", "cached"), [(False, 8), (True, 0)])
def test_cached_tokens(monkeypatch: pytest.MonkeyPatch, *, hides_cache: bool, cached: int) -> None:
    written: list[Begun | Ended] = []
    monkeypatch.setattr(book, "write", written.append)
    with Metered(CHOSEN, Call(), None, hides_cache=hides_cache) as one:
        one.sends(100)
        one.answered({"usage": USAGE})
    end = written[-1]
    assert isinstance(end, Ended)
    assert end.tokens == Tokens(9, 2, cached=cached)
