"""A schema that is too large for a prompt is cut down to what the question is about."""

from __future__ import annotations

import time

from queryexpr.dialects.all import DIALECTS
from queryexpr.schema.catalogue import Catalogue, Column, ForeignKey, Table
from queryexpr.schema.match import words_of
from queryexpr.schema.prune import prune
from queryexpr.schema.render import to_ddl

POSTGRES = DIALECTS["postgres"]


def table(name: str, *columns: str, **keys: str) -> Table:
    held = [Column(key, "INTEGER") for key in keys]
    named = [Column(column, "TEXT") for column in columns]
    foreign = tuple(ForeignKey((key,), target, ("id",)) for key, target in keys.items())
    return Table(name, (Column("id", "INTEGER", False, True), *held, *named), foreign)


SCHOOL = Catalogue((
    table("building", "street"),
    table("Students", "fullName"),
    table("enrolment", student="Students", course="courses"),
    table("courses", "title"),
    table("wages", "amount"),
))  # fmt: skip
QUESTION = "Which student is in the course on logic?"


def wide(count: int) -> Table:
    return table("survey", *(f"answer_{number}_{number}" for number in range(count)), "age")


def large(tables: int, columns: int) -> Catalogue:
    names = [f"col_{number}_part" for number in range(columns)]
    return Catalogue(tuple(table(f"thing_{n}_of", *names, up="thing_0_of") for n in range(tables)))


def size(catalogue: Catalogue) -> int:
    return len(to_ddl(catalogue, POSTGRES, comments=True))


def test_nothing_is_dropped_if_all_tables_fit() -> None:
    assert prune(SCHOOL, QUESTION, 10_000) == (SCHOOL, ())


def test_tables_in_the_question_are_kept_with_the_table_that_joins_them() -> None:
    rest, dropped = prune(SCHOOL, QUESTION, 400)
    assert rest.names == ("Students", "enrolment", "courses")
    assert dropped == ("building", "wages")
    assert len(rest.tables[1].foreign_keys) == 2


def test_the_kept_tables_fit_the_budget() -> None:
    for budget in range(0, 900, 50):
        rest, dropped = prune(SCHOOL, QUESTION, budget)
        assert size(rest) <= budget
        assert len(rest.tables) + len(dropped) >= len(SCHOOL.tables)


def test_the_rest_of_the_budget_goes_to_other_tables() -> None:
    rest, dropped = prune(SCHOOL, QUESTION, size(SCHOOL) - 10)
    assert len(rest.tables) == 4
    assert set(dropped) < {"building", "wages"}


def test_a_foreign_key_to_a_dropped_table_is_dropped() -> None:
    rest, _ = prune(SCHOOL, "enrolment", 210)
    assert rest.names == ("enrolment",)
    assert rest.tables[0].foreign_keys == ()


def test_a_wide_table_keeps_its_keys_and_matching_columns() -> None:
    rest, dropped = prune(Catalogue((wide(200),)), "What is the average age?", 500)
    names = [column.name for column in rest.tables[0].columns]
    assert {"id", "age"} <= set(names)
    assert dropped[-1] == "survey.answer_199_199"
    assert len(names) + len(dropped) == 202


def test_a_wide_table_leaves_room_for_another() -> None:
    catalogue = Catalogue((wide(200), table("country", "name")))
    rest, _ = prune(catalogue, "What is the age in the survey of each country?", 600)
    assert rest.names == ("survey", "country")


def test_a_name_counts_for_more_than_a_comment() -> None:
    commented = Table("a", (Column("x", comment="salary"),))
    named = Table("b", (Column("salary"),))
    assert prune(Catalogue((commented, named)), "salaries", 50)[0].names == ("b",)


def test_words_match_names_of_any_style() -> None:
    assert words_of("orderItems") == words_of("ORDER_ITEM") == words_of("order item")
    assert words_of("HTTPServers2") == words_of("http server")
    assert words_of("Countries") == words_of("country")


def test_the_same_question_gives_the_same_tables() -> None:
    catalogue = large(100, 10)
    assert prune(catalogue, "thing 7", 3_000) == prune(catalogue, "thing 7", 3_000)


def test_a_thousand_tables_take_a_fraction_of_a_second() -> None:
    catalogue = large(1_000, 20)
    began = time.process_time()
    rest, _ = prune(catalogue, "How many parts has each thing?", 20_000)
    assert time.process_time() - began < 1
    assert 0 < size(rest) <= 20_000
