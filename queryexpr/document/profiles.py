"""
The query expression as JSON Schema 2020-12, generated from its classes, in three profiles.

`canonical` is what the API accepts. The others are for models, and leave out what only lifted
queries have. `openai-strict` follows OpenAI's structured outputs: each key is required, and null if
it is not used. `grammar` is for servers that turn a schema into a grammar (llama.cpp, Ollama,
vLLM): they write keys in the schema's order, so that FROM comes first.

Reference: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any, Literal, get_args

from queryexpr.dialects.operators import (
    AGGREGATES,
    BITS,
    FUNCTIONS,
    QUANTIFIED,
    RANKINGS,
    Operator,
)
from queryexpr.expression import VERSION, QueryExpression
from queryexpr.schema.catalogue import Catalogue
from queryexpr.schema.meanings import Meanings

Profile = Literal["canonical", "openai-strict", "grammar"]
PROFILES: tuple[Profile, ...] = get_args(Profile)
Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
ID = f"urn:aimodels:query-expression:{VERSION}"
MAX_NAMES = 250  # of an enum: OpenAI's limit
_BLOCK = ("from", "joins", "where", "group_by", "having", "select", "distinct", "order_by", "limit")
_SCALAR: Schema = {"anyOf": [{"type": kind} for kind in ("string", "number", "boolean", "null")]}


@cache
def schema(profile: Profile) -> Schema:
    """Return the schema of a query expression in `profile`. Do not change it: it is cached."""
    base = _base()
    if profile == "canonical":
        return {"$schema": DIALECT, "$id": ID, "title": "Query expression", **base}
    _leave_out_native(base)
    _name_functions(base)
    change = _strict if profile == "openai-strict" else _ordered
    for definition in base["$defs"].values():
        change(definition)
    whole = {"type": "object", "properties": {"query": _ref("Query")}, "required": ["query"]}
    return {**whole, "additionalProperties": False, "$defs": base["$defs"]}


def for_catalogue(profile: Profile, catalogue: Catalogue) -> Schema:
    """Return the schema in which only the catalogue's tables, columns and meanings can be named.

    WITH may name its queries like these tables, and `as` takes any text.
    """
    narrowed = deepcopy(schema(profile))
    tables = sorted({table.name for table in catalogue.tables})
    columns = sorted({column.name for table in catalogue.tables for column in table.columns})
    if len(tables) + len(columns) <= MAX_NAMES:
        narrowed["$defs"]["TableName"]["properties"]["table"] = {"enum": tables}
        narrowed["$defs"]["Column"]["properties"]["column"] = {"enum": columns}
        narrowed["$defs"]["With"]["properties"]["name"] = {"enum": tables}
    _define(narrowed["$defs"], catalogue.meanings)
    return narrowed


def reply_schema(profile: Any, catalogue: Catalogue) -> Schema:
    """Return the schema of a model's reply: a query, or why there is none.

    `profile` is openai-strict or grammar. In the latter, texts have a maximum length: small models
    may never end one.
    """
    narrowed = for_catalogue(profile, catalogue)
    text: Schema = {"type": "string"} if profile == "openai-strict" else _BOUNDED
    meanings = _closed({"term": text, "options": {"type": "array", "items": text}})
    shapes = [{"query": _ref("Query")}, {"ambiguous": meanings}, {"unanswerable": text}]
    answer = {"anyOf": [_closed(shape) for shape in shapes]}
    return {**_closed({"answer": answer}), "$defs": narrowed["$defs"]}


_DEFINED = {"MeasureName": "measure", "DimensionName": "dimension"}


def _define(defs: dict[str, Any], meanings: Meanings | None) -> None:
    """Let values be names of measures and dimensions, if there are some."""
    for name, key in _DEFINED.items():
        known = getattr(meanings, f"{key}s", {})
        if known and len(known) <= MAX_NAMES:
            defs[name] = _closed({key: {"enum": sorted(one.name for one in known.values())}})
            defs["Expr"]["anyOf"].append(_ref(name))


_BOUNDED: Schema = {"type": "string", "maxLength": 200}


def _closed(properties: Schema) -> Schema:
    return {
        "type": "object", "properties": properties, "required": list(properties),
        "additionalProperties": False,
    }  # fmt: skip


def _base() -> Schema:
    """Return pydantic's schema, with the unions of values and of queries named once."""
    whole = QueryExpression.model_json_schema(by_alias=True)
    defs = whole["$defs"]
    values = _members(defs["Item"]["properties"]["expr"])
    operands = {"Expr": [m for m in values if m not in (_ref("Star"), _ref("Values"))]}
    defs["Expr"] = {"anyOf": [_SCALAR, *operands["Expr"]]}
    defs["Operand"] = {"anyOf": [_ref("Expr"), _ref("Values")]}
    defs["Query"] = {"anyOf": [_ref("Select"), _ref("SetOperation")]}
    defs["Source"] = {"anyOf": [_ref(name) for name in _SOURCES]}
    whole = dict(_tidy(whole))
    whole["$defs"]["Op"]["properties"]["args"]["items"] = _ref("Operand")
    whole["$defs"]["Item"]["properties"]["expr"] = {"anyOf": [_ref("Expr"), _ref("Star")]}
    return whole


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _members(union: Schema) -> list[Schema]:
    """Return the kinds of value among a union's members, without scalars."""
    return [member for member in union["oneOf"] if "$ref" in member]


# Models mostly use these wrongly.
_LIFTED = {"array", "collate", "at time zone", "row"} | QUANTIFIED | BITS
_SOURCES = ("TableName", "Derived", "Joined", "Unnest")
_UNIONS = {
    frozenset({"Select", "SetOperation"}): "Query",
    frozenset(_SOURCES): "Source",
}


def _tidy(node: Any) -> Any:
    """Replace unions by their names, and leave out titles and defaults."""
    if isinstance(node, list):
        return [_tidy(child) for child in node]
    if not isinstance(node, dict):
        return node
    if "oneOf" in node:
        names = frozenset(m["$ref"].rpartition("/")[2] for m in node["oneOf"] if "$ref" in m)
        return _ref(_UNIONS.get(names, "Expr"))
    kept = {key: child for key, child in node.items() if key not in ("title", "default")}
    return {key: _tidy(child) for key, child in kept.items()}


def _leave_out_native(base: Schema) -> None:
    defs = base["$defs"]
    # A bare null or number is enough for models, and their tables have plain columns.
    # Names of measures and dimensions are added where some are defined.
    for name in ("Native", "Null", "Number", "Part", "Array", "Series", *_DEFINED):
        del defs[name]
        defs["Expr"]["anyOf"].remove(_ref(name))
    del defs["Unnest"]
    defs["Source"]["anyOf"].remove(_ref("Unnest"))
    defs["Op"]["properties"]["op"]["enum"] = [
        name for name in get_args(Operator) if "native" not in name and name not in _LIFTED
    ]
    for name in ("Select", "SetOperation", "TableName", "Derived"):
        for key in ("recursive", "schema", "distinct_on", "lateral"):
            defs[name]["properties"].pop(key, None)


def _name_functions(base: Schema) -> None:
    defs = base["$defs"]
    defs["Function"]["properties"]["fn"] = {"enum": sorted({*FUNCTIONS, *RANKINGS})}
    defs["Aggregate"]["properties"]["agg"] = {"enum": sorted(AGGREGATES)}


def _strict(definition: Schema) -> None:
    """Require each key; optional ones may be null. OpenAI does not support minimums."""
    definition.pop("description", None)
    properties = definition.get("properties", {})
    for key, value in properties.items():
        for bound in ("minItems", "minimum", "minLength"):
            value.pop(bound, None)
        if key not in definition.get("required", []):
            properties[key] = _nullable(value)
    if properties:
        definition["required"] = list(properties)


def _nullable(value: Schema) -> Schema:
    members = value.get("anyOf", [value])
    return value if {"type": "null"} in members else {"anyOf": [*members, {"type": "null"}]}


def _ordered(definition: Schema) -> None:
    """Require the keys of a query block, in the order in which they are best written.

    llama.cpp writes required keys first, then optional ones: so none of them is optional.
    """
    definition.pop("description", None)
    properties = definition.get("properties", {})
    if "select" in properties:
        for key in ("with", "offset"):
            properties.pop(key)
        definition["properties"] = {key: properties[key] for key in _BLOCK}
        definition["required"] = list(_BLOCK)
