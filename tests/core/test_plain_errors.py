"""Every error has words for people who are no operators."""

from __future__ import annotations

import pytest

from core.errors import CODES, PortalError
from core.plain_errors import PLAIN, in_plain_words, words_for


def test_every_code_has_words() -> None:
    assert PLAIN.keys() == CODES.keys()


@pytest.mark.parametrize("code", PLAIN)
def test_a_sentence_is_short_and_names_no_setting(code: str) -> None:
    sentence = PLAIN[code].of("The model", "The portal's own words.")
    assert len(sentence) < 90
    assert not {"_", "`", "{", "operator", "provider"} & {*sentence.split(), *sentence}


def test_a_provider_s_words_are_not_in_the_sentence() -> None:
    error = PortalError("provider_error", "fake failed: CUDA out of memory on GPU 3")
    plain = in_plain_words(error, "The talker")
    assert plain == {
        "sentence": "The talker is not working at the moment.",
        "elsewhere": True,
        "longer": False,
    }


def test_an_unknown_code_shows_the_message() -> None:
    assert words_for("new").of("The talker", "It broke.") == "It broke."
