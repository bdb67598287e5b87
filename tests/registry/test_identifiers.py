"""Identifiers that arithmetic can check: what is found in texts, and what is not."""

from __future__ import annotations

import time

import pytest

from registry.identifiers import KINDS, MAX_CANDIDATES, TOO_MANY, Check, find

# Of each kind one, from the documentation of python-stdnum or of who issues them.
VALID = {
    "card": "4111 1111 1111 1111", "iban": "DE89 3704 0044 0532 0130 00", "at_vnr": "1237 010180",
    "be_nn": "85.07.30-033.28", "bg_egn": "8032056031", "br_cpf": "390.533.447-05",
    "ca_sin": "123-456-782", "ch_ssn": "756.9217.0769.85", "cn_ric": "360426199101010071",
    "cz_rc": "710319/2745", "de_idnr": "36 574 261 809", "ee_ik": "36805280109",
    "es_dni": "54362315-K", "es_nie": "x-2482300w", "fi_hetu": "131052-308T",
    "fr_nir": "2 95 10 99 126 111 93", "gb_nhs": "943-476-5870", "hr_oib": "33392005961",
    "in_aadhaar": "2341 2341 2346", "it_codicefiscale": "RCCMNL83S18D969H",
    "lt_asmens": "33309240064", "nl_bsn": "1112.22.333", "no_fodselsnummer": "151086 95088",
    "pl_pesel": "44051401359", "ro_cnp": "1630615123457", "se_personnummer": "880320-0016",
    "tr_tckimlik": "17291716060", "za_idnr": "7503305044089",
}  # fmt: skip
CARD, IBAN = Check.of("card"), Check.of("iban")


@pytest.mark.parametrize("name", KINDS)
def test_an_identifier_is_found_in_a_sentence_and_not_with_another_digit(name: str) -> None:
    text, check = VALID[name], Check.of(name)
    for sentence in (f"It is {text}.", f"({text})", f"12 {text} 34", text, f"a:{text}\nnext"):
        assert find(sentence, [check]) == (name,), sentence
    last = max(i for i, letter in enumerate(text) if letter.isdigit())
    wrong = [text[:last] + digit + text[last + 1 :] for digit in "0123456789"]
    assert sum(find(other, [check]) == (name,) for other in wrong) <= 2, "the check has no effect"


def test_each_kind_has_an_example() -> None:
    assert set(VALID) == set(KINDS)


@pytest.mark.parametrize(
    "text",
    ["GB82 WEST 1234 5698 7654 32", "BE68 5390 0754 7034 then more words", "nl91abna0417164300",
     "FR14 2004 1010 0505 0001 3M02 606 with", "DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000",
     "DE89\u20093704\u20090044\u20090532\u20090130\u200900", "DE89\t3704\t0044\t0532\t0130\t00"],
)  # fmt: skip
def test_an_iban_is_found_as_people_write_it(text: str) -> None:
    assert find(text, [IBAN]) == ("iban",)


@pytest.mark.parametrize(
    "text",
    [
        "4111-1111-1111-1111 12/26 123",
        "4111\u20111111\u20111111\u20111111",
        "4111\u20131111\u20131111\u20131111",
        "1234 4111111111111111",
        "3782 822463 10005",
        "5555555555554444",
    ],
)
def test_a_card_is_found_beside_other_numbers(text: str) -> None:
    assert find(text, [CARD]) == ("card",)


@pytest.mark.parametrize(
    "text",
    ["", "no digits", "4111 1111 1111 1112", "0.4111111111", "a4111111111111111b", "0000000000000000",
     "2026-11-29 01:02:03.123456", "DE00 0000 0000 0000 0000 00", "192.168.100.200:65535"],
)  # fmt: skip
def test_other_numbers_are_no_identifiers(text: str) -> None:
    assert find(text, [CARD, IBAN]) == ()


def test_texts_are_found_at_any_depth_but_media_are_not_read() -> None:
    parts = [{"type": "text", "text": "4111111111111111"}]
    assert find({"messages": [{"content": parts}]}, [CARD]) == ("card",)
    assert find({"number": 4111111111111111}, [CARD]) == ("card",)
    assert find({"4111111111111111": "paid"}, [CARD]) == ("card",)
    assert find({"url": "data:image/png;base64,4111111111111111"}, [CARD]) == ()


@pytest.mark.parametrize(
    "text", ["data: 4111111111111111", "data:text/plain,4111111111111111",
             "data:;base64, 4111111111111111", "data:image/png;base64,iVBORw0K 4111111111111111"],
)  # fmt: skip
def test_a_text_that_begins_as_media_do_is_read(text: str) -> None:
    assert find(text, [CARD]) == ("card",)


def test_what_is_there_in_two_forms_counts_once() -> None:
    numbers = " ".join(f"4{number:015}" for number in range(MAX_CANDIDATES * 3 // 4))
    assert TOO_MANY not in find(numbers, [CARD])
    assert TOO_MANY not in find([numbers, {"again": numbers}], [CARD])


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "DE89 ", "41111111111111 ", "a1-", "word and 12, ", "-1"]
)
def test_the_time_for_a_long_text_is_bounded(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    checks = [Check.of(name) for name in ("card", "iban", "de_idnr", "it_codicefiscale")]
    began = time.process_time()
    find(text, checks)
    assert time.process_time() - began < 3.0


def test_more_numbers_than_can_be_checked_are_reported() -> None:
    text = "4000 0000 0000 0000 " * (MAX_CANDIDATES + 1)
    assert find(text, [CARD]) == (TOO_MANY,)
