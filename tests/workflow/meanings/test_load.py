"""The file of meanings: what it may say, and the place of each mistake."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

import pytest

from core.errors import ConfigError, Problem
from tests.workflow.meanings.files import GOOD, SCHEMA, read


def problems(text: str, *, schema: object = SCHEMA) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(text, schema=schema)  # type: ignore[arg-type]
    return str(caught.value).splitlines()


def edited(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_a_good_file_is_read() -> None:
    sales = read().of("sales")
    assert sales
    assert sales.place("measures", "net_revenue") == "meanings.yaml:5"
    assert sales.config.measures["order_count"].expr == "COUNT(orders.id)"
    assert sales.config.codes["orders.status"] == {"1": "paid", "4": "refunded"}
    assert sales.document["hides"]


def test_an_expression_may_be_a_part_of_a_query_expression() -> None:
    text = edited("COUNT(orders.id)", "{expr: {agg: count, args: [{column: id, table: orders}]}}")
    sales = read(text).of("sales")
    assert sales
    assert sales.document["measures"]["order_count"]["expr"]["args"][0]["column"] == "id"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1  The file is empty. It must begin with `meanings:`."),
        ("meaning: {}", "1:1  'meaning' is not a key here. Did you mean 'meanings'? Known: meanings."),
        ("meanings:", "1:1  No meanings are listed. List some, or delete the file."),
        ("meanings: {sale: {}}", "1:12  There is no data source 'sale'. Did you mean 'sales'?"),
        (edited("    measures:", "    measure:"), "4:5  'measure' is not a key here. Did you mean 'measures'? Known: measures, dimensions, joins, codes, synonyms, values, never."),
        (edited("owner: Finance", "owners: Finance"), "8:9  'owners' is not a key here. Did you mean 'owner'? Known: expr, filter, owner, description, synonyms."),
        (edited("many_to_one", "many_to_won"), "21:23  This must be 'one_to_one', 'many_to_one' or 'one_to_many'."),
        (edited("COUNT(orders.id)", "3"), "11:20  This must be a mapping: lines of `key: value`."),
        (edited("expr: SUM(orders.total)", "expr: [SUM]"), "6:15  This must be SQL, or a part of a query expression: lines of `key: value`."),
        (edited("orders.status: {", "status: {"), "23:7  'status' names no column. Write table.column."),
        (edited("orders.status: {", "order.status: {"), "23:7  'order' is no listed table. Did you mean 'orders'?"),
        (edited("[salaries]", "[salary]"), "29:18  'salary' is no listed table. Did you mean 'salaries'?"),
        (edited("region: customers", "order_count: customers"), "13:7  'order_count' is a measure and a dimension. Give one of them another name."),
        (edited("order_count:", "order count:"), "11:7  'order count' is not a name of a measure or a dimension. Use letters, digits and _."),
        (edited("        answer: Addresses of customers are not shown.\n", ""), "32:9  'answer' is missing. Write the sentence that people get."),
    ],
)  # fmt: skip
def test_a_mistake_has_its_place_and_its_remedy(text: str, said: str) -> None:
    assert problems(text) == [f"meanings.yaml:{said}"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (edited("SUM(orders.total)", "SUM(total)"), "6:19  Give the column 'total' its table: table.total."),
        (edited("SUM(orders.total)", "'SUM(total)'"), "6:20  Give the column 'total' its table: table.total."),
        (edited("SUM(orders.total)", "|\n          SUM(orders.total)\n          + SUM(total)"), "8:17  Give the column 'total' its table: table.total."),
        (edited("COUNT(orders.id)", "COUNT(orders.idd)"), "11:33  'orders' has no column 'idd'. Did you mean 'id'?"),
        (edited("COUNT(orders.id)", "orders.id"), "11:20  A measure needs an aggregate, such as SUM. Without one it is a dimension."),
        (edited("orders.customer_id = c", "orders.customer_id > c"), "20:34  Compare columns of 'orders' and 'customers' with =; AND connects several."),
        (edited("orders.status <> 4", "ordrs.status <> 4"), "7:17  The schema has no table 'ordrs'. Did you mean 'orders'?"),
    ],
)  # fmt: skip
def test_a_mistake_in_sql_has_its_place(text: str, said: str) -> None:
    assert problems(text) == [f"meanings.yaml:{said}"]


def test_without_a_schema_names_of_columns_are_not_checked() -> None:
    assert read(edited("orders.id)", "orders.idd)"), schema=None).of("sales")


def test_every_mistake_is_reported_in_one_pass() -> None:
    text = edited("SUM(orders.total)", "SUM(total)").replace("COUNT(orders.id)", "orders.id")
    assert len(problems(text)) == 2


def test_random_edits_are_read_or_have_a_place() -> None:
    """One character or word is lost or changed: the file loads, or each mistake has a place."""
    chance = random.Random(7)
    words = [match.span() for match in re.finditer(r"\S+", GOOD)]
    for _ in range(150):
        start, end = chance.choice(words)
        change = chance.choice(["", "x", ":", "[", "'", "4", "\n"])
        cut = chance.choice([start, end - 1])
        text = GOOD[:cut] + change + GOOD[chance.choice([cut, cut + 1, end]) :]
        assert all(line and column for line, column, _ in mistakes(text)), text


LETTERS = ["", ":", "[", "'", '"', "{", "}", "]", "#", "&a", "*a", "|", ">", "- ", "\t", "\x00", "%",
           "!!int", "~", "null", "\u2028", "\ufeff", "é"]  # fmt: skip


def damaged(text: str, chance: random.Random) -> str:
    """Return a text that someone edited badly: a letter, a word, a line or a part of it."""
    lines, place = text.split("\n"), chance.randrange(len(text))
    number, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    spans = [match.span() for match in re.finditer(r"\S+", text)] or [(0, 0)]
    (start, end), (first, last) = chance.choice(spans), chance.choice(spans)
    changed = [
        text[:start] + chance.choice(LETTERS) + text[chance.choice([start, start + 1, end]) :],
        text[:place] + text[place + chance.randrange(60) :],
        text[:start] + text[first:last] + text[end:],
    ]
    lines[number], lines[other] = lines[other], chance.choice([
        lines[number], "", lines[other], " " * chance.randrange(6) + lines[number],
        lines[number][chance.randrange(4) :],
    ])  # fmt: skip
    return chance.choice([*changed, "\n".join(lines)])


@pytest.mark.long
def test_a_thousand_bad_edits_are_read_or_have_a_place() -> None:
    chance = random.Random(11)
    refused = 0
    for _ in range(1000):
        text = GOOD
        for _ in range(chance.choice([1, 1, 1, 2, 3])):
            text = damaged(text, chance)
        found = mistakes(text)
        refused += bool(found)
        last = len(text.split("\n")) + 1
        assert all(0 < line <= last and column for line, column, _ in found), text
    assert refused > 500


def test_an_empty_text_is_not_a_list() -> None:
    text = edited("[salaries]", ">")
    assert problems(text) == [
        "meanings.yaml:29:17  This must be a list: [one, two]. Put brackets around it."
    ]


def mistakes(text: str) -> Sequence[Problem]:
    try:
        read(text)
    except ConfigError as error:
        return error.problems
    return ()
