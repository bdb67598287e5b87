"""Schemas become rows: references, nesting, variants, values and limits."""

from __future__ import annotations

from typing import Any

import pytest

from aimodels.reference.fields import MAX_DEPTH, fields_of
from aimodels.reference.schemas import Schemas, type_of

TEXT = {"type": "string"}
REF = {"$ref": "#/components/schemas/Node"}


def a(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def names(schema: dict[str, Any], **components: Any) -> list[str]:
    rows = fields_of(schema, Schemas({"components": {"schemas": components}}))
    return [row.path + row.name for row in rows]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (TEXT, "string"),
        ({}, "anything"),
        ({"type": ["string", "null"]}, "string or null"),
        ({"anyOf": [{"type": "integer"}, TEXT, TEXT]}, "integer or string"),
        ({"oneOf": [REF, {"type": "null"}]}, "Node or null"),
        ({"allOf": [REF]}, "Node"),
        ({"type": "array", "items": REF}, "array of Node"),
        ({"type": "array", "items": {"type": ["string", "null"]}}, "array of (string or null)"),
        ({"type": "object", "additionalProperties": TEXT}, "map to string"),
        ({"type": "object", "additionalProperties": False}, "object"),
        ({"enum": ["a", None]}, "string or null"),
        ({"const": 1}, "integer"),
    ],
)
def test_a_type_is_named_in_words(schema: dict[str, Any], expected: str) -> None:
    assert type_of(schema) == expected


def test_nested_objects_follow_their_field_with_its_path() -> None:
    schema = a(usage=a(total=TEXT), items={"type": "array", "items": a(id=TEXT)}, last=TEXT)
    assert names(schema) == ["usage", "usage.total", "items", "items[].id", "last"]


def test_a_list_and_a_map_show_what_they_have() -> None:
    assert names({"type": "array", "items": a(id=TEXT)}) == ["[].id"]
    assert names({"additionalProperties": a(id=TEXT)}) == ["*.id"]
    assert names(a(by={"additionalProperties": a(id=TEXT)})) == ["by", "by.*.id"]


def test_a_reference_is_followed_and_what_is_beside_it_counts() -> None:
    component = {**a(id=TEXT), "description": "A node."}
    assert names(REF, Node=component) == ["id"]
    schemas = Schemas({"components": {"schemas": {"Node": component}}})
    assert schemas.resolve({**REF, "description": "The first."})["description"] == "The first."
    assert fields_of(a(node=REF), schemas)[0].description == "A node."


@pytest.mark.parametrize(
    "component",
    [
        a(next=REF),
        a(next={"type": "array", "items": REF}),
        a(next={"anyOf": [REF, {"type": "null"}]}),
    ],
)
def test_what_contains_itself_is_opened_once(component: dict[str, Any]) -> None:
    assert names(REF, Node=component) == ["next"]


def test_references_in_a_circle_or_to_nothing_have_no_fields() -> None:
    assert names(REF, Node=REF) == []
    assert names({"$ref": "#/components/schemas/Missing"}) == []
    assert names({"$ref": "https://example.org/other.json"}) == []


def test_deep_objects_are_cut() -> None:
    schema = TEXT
    for _ in range(MAX_DEPTH + 3):
        schema = a(in_it=schema)
    assert len(names(schema)) == MAX_DEPTH


def test_an_optional_object_is_opened_without_a_name_of_its_variant() -> None:
    schema = a(usage={"anyOf": [a(total=TEXT), {"type": "null"}]})
    assert names(schema) == ["usage", "usage.total"]


def test_several_objects_are_distinguished() -> None:
    one = {**a(text=TEXT), "title": "Text"}
    schema = a(part={"oneOf": [one, REF]})
    assert names(schema, Node=a(id=TEXT)) == ["part", "part (Text).text", "part (Node).id"]
    assert names({"allOf": [a(x=TEXT), REF]}, Node=a(id=TEXT)) == ["x", "id"]


def test_values_limits_and_defaults_are_kept() -> None:
    schema = {
        **a(
            mode={"enum": ["auto", "off"], "default": "auto"},
            size={"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}], "default": None},
            kinds={"type": "array", "items": {"enum": ["x", "y"]}, "maxItems": 2},
            version={"const": "2.0"},
        ),
        "required": ["mode"],
    }
    mode, size, kinds, version = fields_of(schema, Schemas({}))
    assert (mode.required, mode.values, mode.limits) == (True, ("auto", "off"), ("default: auto",))
    assert (size.required, size.limits) == (False, ("minimum: 1",))
    assert (kinds.values, kinds.limits) == (("x", "y"), ("maxItems: 2",))
    assert version.values == ("2.0",)
