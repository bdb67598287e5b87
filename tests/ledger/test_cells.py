"""No figure of all people's usage is about fewer than five people."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from ledger.everyone.cells import MIN_PEOPLE, MIXED, SUMS, Cell, divide

ONE = dict.fromkeys(SUMS, 1)


def part(people: set[int], model: str = "a:x", groups: str = "", currency: str = "EUR") -> Cell:
    """What these people used: a call each."""
    names = (groups, "chat", model.partition(":")[0], model, currency)
    return Cell(names, tuple({**ONE, "calls": len(people)}.values()), frozenset(people))


def models(cells: list[Cell]) -> dict[str, int]:
    return {cell.names[3]: len(cell.people) for cell in cells}


def test_a_model_of_few_people_is_put_together_with_others() -> None:
    cells = divide([part({1, 2}, "a:x"), part({3, 4}, "b:y"), part({5, 6, 7}, "b:z")])
    assert models(cells) == {MIXED: 7}


def test_the_rest_takes_in_another_so_that_no_total_gives_it_away() -> None:
    cells = divide([part({1, 2}, "a:x"), part(set(range(6)), "a:y"), part(set(range(9)), "a:z")])
    assert models(cells) == {"a:z": 9, MIXED: 6}


def test_a_month_of_few_people_has_no_cell() -> None:
    assert divide([part({1, 2, 3, 4})]) == []


def test_someone_in_two_groups_is_one_person() -> None:
    cells = divide([part({1, 2, 3}, groups="a"), part({1, 2, 3}, groups="b")])
    assert cells == []


def test_small_groups_do_not_hide_their_model() -> None:
    cells = divide([part({n}, groups=f"g{n}") for n in range(6)])
    assert [cell.names[:4] for cell in cells] == [(MIXED, "chat", "a", "a:x")]


def test_costs_in_two_currencies_are_left_out() -> None:
    (cell,) = divide([part({1, 2, 3}), part({4, 5}, currency="USD")])
    assert dict(zip(SUMS, cell.sums, strict=True)) | {"cost": 0, "unpriced": 5} == dict(
        zip(SUMS, cell.sums, strict=True)
    )


PARTS = st.builds(
    part,
    st.sets(st.integers(1, 12), min_size=1, max_size=8),
    st.sampled_from(["a:x", "a:y", "b:x", "b:z"]),
    st.sampled_from(["", "g", "h", "g\nh"]),
    st.sampled_from(["EUR", "USD"]),
)


@given(st.lists(PARTS, max_size=20))
def test_every_cell_is_of_five_people_and_none_is_lost(parts: list[Cell]) -> None:
    cells = divide(parts)
    assert all(len(cell.people) >= MIN_PEOPLE for cell in cells)
    if cells:
        assert sum(cell.sums[0] for cell in cells) == sum(cell.sums[0] for cell in parts)
        assert len(set(cells)) == len(cells)


@given(st.lists(PARTS, max_size=12))
def test_no_difference_of_sums_is_of_fewer(parts: list[Cell]) -> None:
    """Of filters, of totals and rows: what is left of two sums of cells is cells again."""
    cells = divide(parts)
    sums = [{*some} for size in range(4) for some in combinations(cells, size)]
    for one, other in combinations(sums, 2):
        people = frozenset[int]().union(*(cell.people for cell in one - other))
        assert not (one - other) or len(people) >= MIN_PEOPLE


def test_what_has_no_price_does_not_hide_what_others_cost() -> None:
    free = part({4, 5}, "b:z", currency="")
    free = Cell(free.names, (*free.sums[:-1], 0), free.people)
    (cell,) = divide([part({1, 2, 3}), free])
    assert (cell.names[-1], cell.sums[-1]) == ("EUR", 1)
