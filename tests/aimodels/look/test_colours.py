"""An organisation's colour is moved until it can be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimodels.look.colours import DARK, LIGHT, MIN_CONTRAST, colour, contrast, readable


@given(st.integers(0, 0xFFFFFF), st.sampled_from([LIGHT, DARK]))
def test_any_colour_becomes_readable(number: int, ground: str) -> None:
    assert contrast(readable(f"#{number:06x}", ground), ground) >= MIN_CONTRAST


def test_a_colour_that_can_be_read_stays() -> None:
    assert readable("#0b57d0", LIGHT) == "#0b57d0"


def test_black_and_white_have_the_largest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("text", ["red", "#fff", "#0b57d0; }", "0b57d0", "#0b57dg"])
def test_other_spellings_of_colours_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        colour(text)
