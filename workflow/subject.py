"""The schema that a request is about: given as text or tables, or a data source's own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from core.errors import PortalError
from queryexpr.dialects.all import DEFAULT, NAMES, TITLES, find_name
from queryexpr.gate.operations import Document, Schema, Tables, read_schema
from queryexpr.issues import Issue, Refused
from workflow.meanings.known import meanings_of, misfits, with_meanings
from workflow.pipeline.examples import Example
from workflow.sandbox import sandbox
from workflow.sources.loaded import sources
from workflow.sources.reading import read_schema_of
from workflow.sources.values import ColumnValues, with_values

if TYPE_CHECKING:
    from core.access import Access
    from registry.entities import Resolution
    from workflow.asker import Database, Near
    from workflow.confirmed.lookup import Lookup
    from workflow.meanings.meanings import SourceMeanings
    from workflow.sources.source import Source

MISSING = (
    'Give a schema: CREATE TABLE statements, {"tables": […]}, or {"source": "name"} for a data '
    "source."
)


@dataclass(frozen=True, slots=True)
class SchemaSubject:
    """What a question is about: a schema as the gate takes it, and its dialect.

    `source` names the data source that it is of, or is empty. `issues` are about the schema: what
    was ignored of it, with its place there. `values` has its columns whose values local models see;
    they are not in `schema`. `database` judges valid queries, if the source runs them for the
    caller, and `near` looks for their texts in its rows. `meanings` are those of the source, whose
    definitions `schema` has too.
    """

    schema: Schema
    dialect: str
    source: str = ""
    local_only: bool = False
    issues: tuple[Issue, ...] = ()
    values: tuple[ColumnValues, ...] = ()
    database: Database | None = field(default=None, compare=False, repr=False)
    near: Near | None = field(default=None, compare=False, repr=False)
    meanings: SourceMeanings | None = field(default=None, repr=False)
    confirmed: Lookup | None = None
    examples: tuple[Example, ...] = ()
    outside: bool = False

    def seen_by(self, resolution: Resolution) -> SchemaSubject:
        """Return this subject as a model sees it: with values if its provider is local."""
        if not self.values or not isinstance(self.schema, dict) or not resolution.provider.local:
            return self
        return replace(self, schema=with_values(self.schema, self.values))

    def values_for(self, resolution: Resolution | None) -> dict[str, tuple[str, ...]]:
        """Return the values that a model sees, by column."""
        if resolution is None or not resolution.provider.local:
            return {}
        return {column.name: column.values for column in self.values if column.values}

    @property
    def has_local_values(self) -> bool:
        """Are there values that only local models may see?"""
        samples = self.meanings.config.values.values() if self.meanings else ()
        return bool(self.values) or any(one.local for one in samples)

    def without_values(self) -> SchemaSubject:
        """Return this subject for models that the portal does not know: without local values."""
        meanings = self.meanings and self.meanings.without_local()
        return replace(self, values=(), meanings=meanings, outside=True)

    @property
    def title(self) -> str:
        """The dialect's name, for people and models."""
        return TITLES[self.dialect]


async def read_subject(schema: Schema | None, dialect: str | None, access: Access) -> SchemaSubject:
    """Return what a request is about, after its schema was read.

    Raises PortalError `invalid_request` with `param` schema or dialect, `not_found` for a source
    that the caller may not see.
    """
    name = read_dialect(dialect) if dialect else ""
    if not schema:
        raise PortalError("invalid_request", MISSING, param="schema")
    if isinstance(schema, dict) and "source" in schema:
        return await _of_source(schema, name, access)
    subject = SchemaSubject(schema, name or DEFAULT.name)
    return replace(subject, issues=(await check_schema(subject)).issues)


def read_dialect(text: str) -> str:
    """Return the name of a dialect. Raises PortalError `invalid_request`."""
    name = find_name(text)
    if name is None:
        known = ", ".join(NAMES)
        message = f"{text[:40]!r} is not a dialect. Choose one of {known}."
        raise PortalError("invalid_request", message, param="dialect")
    return name


async def check_schema(subject: SchemaSubject) -> Tables:
    """Return the tables of a schema and its issues. Raises PortalError `invalid_request`."""
    try:
        return await sandbox.run(read_schema(subject.schema, subject.dialect))
    except Refused as refused:
        issue = refused.issues[0]
        message = f"{issue.message}{_place(issue)}"
        raise PortalError("invalid_request", message, param="schema") from None


async def as_tables(subject: SchemaSubject) -> SchemaSubject:
    """Return the subject with its schema as tables, which are the same for every dialect.

    Raises PortalError `invalid_request`.
    """
    if not isinstance(subject.schema, str):
        return subject
    return replace(subject, schema={"tables": (await check_schema(subject)).tables})


def _place(issue: Issue) -> str:
    """Return where an issue is in a schema, for the end of its message."""
    if issue.line is not None:
        return f" (line {issue.line}, column {issue.column})"
    return f" (at {issue.pointer})" if issue.pointer else ""


async def _of_source(schema: Document, dialect: str, access: Access) -> SchemaSubject:
    if schema.keys() != {"source"} or not isinstance(schema["source"], str):
        raise PortalError("invalid_request", MISSING, param="schema")
    source = sources().get(schema["source"], access)
    known, meanings = await read_schema_of(source), await meanings_of(source.name)
    document = with_meanings(known.document, meanings)
    foreign = [_foreign(source, dialect)] if dialect not in ("", source.dialect) else []
    issues = (*foreign, *await misfits(document, meanings))
    return SchemaSubject(
        document, dialect or source.dialect, source.name, source.local_only, issues,
        known.values, meanings=meanings,
    )  # fmt: skip


def _foreign(source: Source, dialect: str) -> Issue:
    own = TITLES[source.dialect]
    message = (
        f"{source.name} is a database of {own}, which does not run SQL of {TITLES[dialect]}."
        f" Leave out `dialect` to get SQL of {own}."
    )
    return Issue("other_dialect", message, "warning")
