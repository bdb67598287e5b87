"""The operations of a document, by tag."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from django.utils.text import slugify

from aimodels.reference.entities import (
    Answer,
    Body,
    Failure,
    Group,
    Operation,
    Parameter,
    Reference,
)
from aimodels.reference.fields import field_of, fields_of
from aimodels.reference.schemas import Schemas, description_of, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimodels.reference.schemas import Schema


def read(document: Schema) -> Reference:
    """Return what an OpenAPI document of version 3.1 describes."""
    schemas = Schemas(document)
    operations = list(_operations(document, schemas))
    names = [tag["name"] for tag in document.get("tags", [])]
    names += [tag for tag, _ in operations if tag not in names]
    groups = [
        Group(f"part-{slugify(name)}", name, tuple(each for tag, each in operations if tag == name))
        for name in dict.fromkeys(names)
    ]
    return Reference(
        description=description_of(document["info"]),
        keys=_keys(document),
        groups=tuple(group for group in groups if group.operations),
        errors=tuple(_errors(document, schemas)),
    )


def _operations(document: Schema, schemas: Schemas) -> Iterator[tuple[str, Operation]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = operation.get("tags", [""])[0]
            yield tag, _operation(method.upper(), path, operation, schemas)


def _operation(method: str, path: str, operation: Schema, schemas: Schemas) -> Operation:
    body = operation.get("requestBody")
    responses = operation["responses"]
    return Operation(
        id=operation["operationId"],
        method=method,
        path=path,
        summary=operation.get("summary", ""),
        description=description_of(operation),
        parameters=tuple(_parameter(each, schemas) for each in operation.get("parameters", [])),
        body=next(_bodies(body, schemas)) if body else None,
        answers=tuple(
            Answer(status, description_of(answer), tuple(_bodies(answer, schemas)))
            for status, answer in responses.items()
            if not _is_error(status)
        ),
        failures=tuple(
            Failure(status, description_of(answer))
            for status, answer in sorted(responses.items())
            if _is_error(status)
        ),
        error=next(map(type_of, _error_schemas(operation)), ""),
    )


def _parameter(parameter: Schema, schemas: Schemas) -> Parameter:
    schema = {**parameter.get("schema", {})}
    if "description" in parameter:
        schema["description"] = parameter["description"]
    required = parameter.get("required", False)
    field = field_of(parameter["name"], schema, schemas, required=required)
    return Parameter(parameter["in"], field)


def _bodies(holder: Schema, schemas: Schemas) -> Iterator[Body]:
    for media_type, content in holder.get("content", {}).items():
        yield _body(media_type, content.get("schema", {}), schemas, content.get("example"))


def _body(media_type: str, schema: Schema, schemas: Schemas, example: object = None) -> Body:
    description = description_of(schemas.resolve(schema))
    return Body(media_type, type_of(schema), description, fields_of(schema, schemas), example)


def _is_error(status: str) -> bool:
    return status[0] in "45"


def _error_schemas(operation: Schema) -> Iterator[Schema]:
    for status, answer in operation["responses"].items():
        if _is_error(status):
            yield from (content["schema"] for content in answer["content"].values())


def _errors(document: Schema, schemas: Schemas) -> Iterator[Body]:
    """Yield the body of each kind of error once."""
    operations = chain.from_iterable(methods.values() for methods in document["paths"].values())
    found = {type_of(schema): schema for each in operations for schema in _error_schemas(each)}
    for schema in found.values():
        yield _body("application/json", schema, schemas)


def _keys(document: Schema) -> tuple[str, ...]:
    schemes = document.get("components", {}).get("securitySchemes", {}).values()
    return tuple(scheme["name"] for scheme in schemes if scheme.get("in") == "header")
