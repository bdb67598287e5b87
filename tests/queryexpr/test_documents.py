"""What is said of a query expression that cannot be read, and where: in the document as sent."""

from __future__ import annotations

from typing import Any

import pytest

from queryexpr.document.read import read
from queryexpr.issues import Refused

ID = {"expr": {"column": "id"}}
PLAIN: dict[str, Any] = {"from": {"table": "orders"}, "select": [ID]}
BAD = {**PLAIN, "bad": 1}
WRONG = [
    ({**PLAIN, "wher": 1}, "/query/wher", "'wher' is not a key of this object."),
    ({**PLAIN, "limit": "3"}, "/query/limit", "This must be a whole number."),
    ({**PLAIN, "limit": -3}, "/query/limit", "This must be 0 or more."),
    ({**PLAIN, "distinct": "yes"}, "/query/distinct", "This must be true or false."),
    ({**PLAIN, "select": []}, "/query/select", "This list must have at least one element."),
    ({**PLAIN, "select": "id"}, "/query/select", "This must be a list."),
    ({**PLAIN, "select": [{"expr": {"column": 5}}]}, "/query/select/0/expr/column",
     "This must be a text."),
    ({**PLAIN, "select": [{"expr": [1]}]}, "/query/select/0/expr",
     "A value must be a text, a number, true, false, null or an object."),
    ({**PLAIN, "from": {"table": ""}}, "/query/from/table",
     "This text must have at least 1 character."),
    ({**PLAIN, "order_by": [{"by": 1, "dir": "down"}]}, "/query/order_by/0/dir",
     "'down' is not one of 'asc' or 'desc'."),
    ({**PLAIN, "order_by": [{"by": 1, "dir": {"a": None}}]}, "/query/order_by/0/dir",
     "'{\"a\": null}' is not one of 'asc' or 'desc'."),
    ({**PLAIN, "where": {"colum": "id"}}, "/query/where", "Did you mean 'column'?"),
    ({**PLAIN, "where": {"column": "id", "select": 1}}, "/query/where/select",
     "'select' is not a key of this object."),
    ({**PLAIN, "from": {"query": BAD, "as": "q"}}, "/query/from/query/bad",
     "'bad' is not a key of this object."),
    ({**PLAIN, "where": {"query": BAD}}, "/query/where/query/bad", "is not a key"),
    ({"set": "union", "left": BAD, "right": PLAIN}, "/query/left/bad", "is not a key"),
    ({"set": "union", "left": 1, "right": PLAIN}, "/query/left", "This must be an object."),
    (5, "/query", "This must be an object."),
]  # fmt: skip


@pytest.mark.parametrize(("query", "pointer", "said"), WRONG)
def test_a_mistake_has_its_place_in_plain_words(query: Any, pointer: str, said: str) -> None:
    document = {"query": query}
    with pytest.raises(Refused) as refused:
        read(document)
    (issue,) = refused.value.issues
    assert (issue.pointer, said in issue.message) == (pointer, True), issue.message
    assert is_there(document, pointer)


def test_a_missing_key_has_the_place_of_its_object() -> None:
    with pytest.raises(Refused) as refused:
        read({"query": {"from": {"table": "orders"}}})
    assert [issue.pointer for issue in refused.value.issues] == ["/query"]


def is_there(document: Any, pointer: str) -> bool:
    for key in pointer.split("/")[1:]:
        document = document[int(key) if isinstance(document, list) else key]
    return True
