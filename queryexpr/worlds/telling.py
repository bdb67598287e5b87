"""The world that people see, and the sentence that says what decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from queryexpr.worlds.facts import facts
from queryexpr.worlds.hints import Hints
from queryexpr.worlds.layout import Layout, keeps
from queryexpr.worlds.outcomes import normal, unordered
from queryexpr.worlds.pools import Choices
from queryexpr.worlds.shrinking import OutOfTime, Test
from queryexpr.worlds.world import Rows, World

MAX_TESTS = 80  # of worlds with one thing changed
MAX_FACTS = 2  # in a sentence
MAX_TEXT = 40  # characters of a value in a sentence


class Known(Protocol):
    """What is known of the tables and the values of a world."""

    tables: tuple[Layout, ...]
    hints: Hints
    choices: Choices


def plainer(world: World, known: Known, differs: Test, suits: Test) -> tuple[World, list[str]]:
    """Return the world without what does not decide, and words for what does.

    A null, an equal value or a limit is replaced where the queries still differ without it, in a
    world that `suits`.
    """
    tests = 0
    decisive: dict[str, bool] = {}
    waiting = facts(world, known.tables, known.hints, known.choices)
    while tests < MAX_TESTS and (fact := next(waiting, None)):
        if not keeps(fact.without, known.tables):
            continue
        tests += 1
        try:
            differs_without = differs(fact.without)
            replaces = differs_without and not fact.only_test and suits(fact.without)
        except OutOfTime:
            return world, []
        decisive[fact.words] = decisive.get(fact.words, True) and not differs_without
        if replaces:
            world, decisive = fact.without, {}
            waiting = facts(world, known.tables, known.hints, known.choices)
    return world, _distinct([words for words, decides in decisive.items() if decides])[:MAX_FACTS]


def _distinct(words: Sequence[str]) -> list[str]:
    """Return the words without those that others already say, and more."""
    return [one for one in words if not any(o != one and o.startswith(one) for o in words)]


def sentence(words: Sequence[str], results: tuple[Rows, Rows]) -> str:
    """Say what decides, if that is known, and what both queries then return."""
    what = " and ".join(words)
    return _capital(f"{what}: {_returned(*results)}" if what else _returned(*results))


def _returned(one: Rows, other: Rows) -> str:
    if len(one.columns) != len(other.columns):
        columns = f"{len(one.columns)} {_plural('column', len(one.columns))}"
        return f"the first returns {columns}, the second {len(other.columns)}."
    first, second = normal(list(one.rows)), normal(list(other.rows))
    if unordered(first) == unordered(second):
        return "both return the same rows, in another order."
    if sorted(map(_sorted, first)) == sorted(map(_sorted, second)):
        return "both return the same values, with the columns in another order."
    if len(first) == len(second) == 1 and (values := _unlike(first[0], second[0])):
        return f"the first returns {values[0]}, the second {values[1]}."
    if len(first) == len(second):
        return f"both return {_count(one)}, {_other_columns(one, other) or 'but not the same'}."
    return f"the first returns {_count(one)}, the second {_count(other)}."


def _sorted(row: tuple[Any, ...]) -> list[str]:
    return sorted(map(repr, row))


def _other_columns(one: Rows, other: Rows) -> str:
    """Name the columns of tables that only one of two results shows, if there is one of each."""
    pairs = zip(one.columns, other.columns, strict=True)
    unlike = [pair for pair in pairs if pair[0].lower() != pair[1].lower()]
    if len(unlike) == 1 and all(name.isidentifier() for name in unlike[0]):
        return f"the first with {unlike[0][0]}, the second with {unlike[0][1]}"
    return ""


def _unlike(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[str, str] | None:
    """Return the values in which two rows differ, if it is one, and short."""
    pairs = [(_value(a), _value(b)) for a, b in zip(one, other, strict=True) if a != b]
    fit = len(pairs) == 1 and all(len(text) <= MAX_TEXT for text in pairs[0])
    return pairs[0] if fit else None


def _value(value: Any) -> str:
    if isinstance(value, str):
        return f"'{value}'"
    return "null" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _count(result: Rows) -> str:
    number = len(result.rows)
    return f"{number or 'no'} {_plural('row', number or 1)}"


def _plural(word: str, number: int) -> str:
    return word if number == 1 else f"{word}s"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def shown_tables(world: World, tables: Sequence[Layout], hints: Hints) -> tuple[Rows, ...]:
    """Return the rows of each table, with the columns that queries read, and those of keys."""
    return tuple(_table(world, table, hints) for table in tables)


def _table(world: World, table: Layout, hints: Hints) -> Rows:
    keys = {number for key in table.keys[:1] for number in key}
    keys |= {number for link in table.links for number in link.columns}
    keys |= {n for n in range(len(table.columns)) if table.key(n) in hints.named}
    numbers = sorted(keys) or range(len(table.columns))
    columns = tuple(table.columns[number].name for number in numbers)
    rows = tuple(tuple(row[number] for number in numbers) for row in world[table.name])
    return Rows(columns, rows, table.name)
