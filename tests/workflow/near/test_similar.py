"""Which values a text may mean: the kinds that reports of wrong queries have."""

from __future__ import annotations

import pytest

from workflow.near.fold import keys
from workflow.near.similar import patterns, similar

STATES = ("Cancelled", "Open", "Paid", "On hold")
SPELLINGS = [
    ("cancelled", STATES, ("Cancelled",)),
    ("CANCELLED", STATES, ("Cancelled",)),
    (" Open ", STATES, ("Open",)),
    ("on-hold", STATES, ("On hold",)),
    ("OnHold", STATES, ("On hold",)),
    ("Sao Paulo", ("São Paulo", "Santos"), ("São Paulo",)),
    ("Paid", ("Paid ", "Open"), ("Paid ",)),
    ("Paid", ("Paid\u00a0",), ("Paid\u00a0",)),
    ("Strasse", ("Straße", "Platz"), ("Straße",)),
    ("STRAẞE", ("Straße",), ("Straße",)),
    ("Mueller", ("Müller", "Maier"), ("Müller",)),
    ("Muller", ("Müller", "Maier"), ("Müller",)),
    ("Müller", ("Mueller", "Maier"), ("Mueller",)),
    ("Malmo", ("Malmö",), ("Malmö",)),
    ("Tromso", ("Tromsø",), ("Tromsø",)),
    ("Lodz", ("Łódź",), ("Łódź",)),
    ("NASPOT8", ("Naspot 8", "Naspot 9"), ("Naspot 8",)),
    ("U.S.A.", ("USA", "UK"), ("USA",)),
    ("germline", ("GERMLINE", "Germline", "Somatic"), ("GERMLINE", "Germline")),
    ("café", ("cafe\u0301",), ("cafe\u0301",)),
    ("ＡＢＣ", ("ABC",), ("ABC",)),
]
SIMILAR = [
    ("Cancled", STATES, ("Cancelled",)),
    ("Germnay", ("Germany", "France"), ("Germany",)),
    ("shoe", ("Shoes", "Shirts"), ("Shoes",)),
    ("Boxes", ("Box", "Bag"), ("Box",)),
    ("cities", ("City", "Town"), ("City",)),
    ("Kunde", ("Kunden", "Lieferanten"), ("Kunden",)),
    ("Bestellungen", ("Bestellung",), ("Bestellung",)),
    ("Frank", ("Frank Müller", "Eva Maier"), ("Frank Müller",)),
    ("United States", ("United States of America", "Mexico"), ("United States of America",)),
    ("USA", ("United States of America", "Mexico"), ("United States of America",)),
    ("F", ("Female", "Male"), ("Female",)),
    ("Female gender", ("Female", "Sale"), ()),
    ("New York City", ("New York", "Boston"), ("New York",)),
]
NOT_NEAR = [
    ("active", ("inactive", "closed")),
    ("paid", ("unpaid",)),
    ("paid", ("not paid",)),
    ("v1", ("v2", "v3")),
    ("SKU-1001", ("SKU-1002", "SKU-2001")),
    ("2024-01", ("2023-01",)),
    ("open", ("closed", "paid")),
    ("", ("Open",)),
    ("  ", ("Open",)),
    ("%", ("Open",)),
    ("x" * 5000, ("x" * 4999,)),
]
PATTERNS = [
    ("%cancel%", STATES, ("%Cancel%",)),
    ("open%", STATES, ("Open%",)),
    ("open", STATES, ("Open",)),
    ("%PAULO", ("São Paulo",), ("%Paulo",)),
    ("%sao%", ("São Paulo",), ("%São%",)),
    ("%strasse%", ("Lange Straße 1",), ("%Straße%",)),
    ("%Cancled%", STATES, ("%Cancelled%",)),
    ("paulo%", ("São Paulo",), ()),
    ("%a_b%", ("A_B",), ()),
    ("%%", STATES, ()),
]


@pytest.mark.parametrize(("text", "values", "expected"), [*SPELLINGS, *SIMILAR])
def test_a_text_is_near_values(
    text: str, values: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert similar(text, values) == expected


@pytest.mark.parametrize(("text", "values"), NOT_NEAR)
def test_other_numbers_and_opposites_are_not_near(text: str, values: tuple[str, ...]) -> None:
    assert similar(text, values) == ()


@pytest.mark.parametrize(("pattern", "values", "expected"), PATTERNS)
def test_a_pattern_is_near_patterns_that_values_fit(
    pattern: str, values: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert patterns(pattern, values) == expected


def test_three_values_at_most_are_near_and_those_with_the_same_letters_hide_others() -> None:
    assert similar("a b", ["A B", "a-b", "A.B", "a_b", "a b c"]) == ("A B", "a-b", "A.B")


def test_texts_without_letters_are_equal_only_to_themselves() -> None:
    assert keys("-") != keys("--")
