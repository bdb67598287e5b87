"""Every error has words for people who are no operators."""

from __future__ import annotations

import pytest
from django.utils import translation

from chat.attachments.pictures import CHOOSE, UNSEEN
from core.errors import CODES, PortalError, Sentence
from core.plain_errors import PLAIN, in_plain_words, message_of, words_for
from registry.gateway.choice import HELD


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


def test_a_message_is_english_and_pages_translate_its_sentences() -> None:
    sentence = Sentence(UNSEEN, model="The talker")
    error = PortalError("invalid_request", [sentence, Sentence(CHOOSE, models="frog")])
    assert error.message.startswith("The talker cannot see pictures, and")
    with translation.override("de"):
        plain = in_plain_words(error, "The talker")["sentence"]
    assert plain == (
        "The talker sieht keine Bilder, und diese Unterhaltung enthält welche. "
        "Bitte ein Modell wählen, das Bilder sieht: frog."
    )


def test_texts_in_a_list_are_translated_too() -> None:
    error = PortalError("permission_denied", [Sentence(HELD, kinds=["an IBAN"])])
    with translation.override("de"):
        assert message_of(error).startswith("Der Text enthält eine IBAN.")


def test_a_message_that_was_changed_stays_as_it_is() -> None:
    error = PortalError("busy", "It is at https://10.0.0.1.")
    error.message = "It is at (hidden)."
    assert message_of(error) == "It is at (hidden)."
