"""What the reference shows, without references: all that the page needs to be written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MAX_OPEN = 6  # fields that are shown without being asked for


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a body. `path` has the names of what it is in: `messages[].`."""

    path: str
    name: str
    type: str
    required: bool = False
    description: str = ""  # Markdown, as all descriptions
    values: tuple[str, ...] = ()  # the only ones that are allowed
    limits: tuple[str, ...] = ()  # as JSON Schema writes them: `maxLength: 300`


@dataclass(frozen=True, slots=True)
class Parameter:
    """A field of the address or of the header: `place` is `path`, `query`, `header` or `cookie`."""

    place: str
    field: Field


@dataclass(frozen=True, slots=True)
class Body:
    """What a request or a response has in one media type."""

    media_type: str
    type: str
    description: str
    fields: tuple[Field, ...]
    example: Any = None

    @property
    def is_long(self) -> bool:
        return len(self.fields) > MAX_OPEN


@dataclass(frozen=True, slots=True)
class Answer:
    """A response that is no error. It may have several media types."""

    status: str
    description: str
    bodies: tuple[Body, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A status of an error, with what it means."""

    status: str
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. `error` is the type of the body of its errors."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    body: Body | None
    answers: tuple[Answer, ...]
    failures: tuple[Failure, ...]
    error: str


@dataclass(frozen=True, slots=True)
class Group:
    """The operations of one tag."""

    id: str
    name: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """All of it. `errors` are the bodies of errors, which operations share."""

    description: str
    keys: tuple[str, ...]  # headers that may hold the token, other than Authorization
    groups: tuple[Group, ...]
    errors: tuple[Body, ...]
