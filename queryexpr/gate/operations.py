"""
What the gate can be asked, and what it answers: plain data, without the parser behind it.

A caller makes an operation. `engine` runs it, usually in a process of its own, and the operation
names the type of its answer.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Generic, Literal, TypeVar

from queryexpr.issues import Issue, Refused
from queryexpr.schema.size import too_large
from queryexpr.worlds.world import Found as Found
from queryexpr.worlds.world import Row as Row
from queryexpr.worlds.world import Rows as Rows

T = TypeVar("T")
Document = dict[str, Any]  # a query expression, or a JSON Schema
Wrap = Literal["", "lower", "upper", "trim"]
Schema = str | Document  # CREATE TABLE statements, or {"tables": […]}


@dataclass(frozen=True, slots=True)
class Used:
    """A measure or a dimension that a query has, and where that is defined."""

    kind: Literal["measure", "dimension"]
    name: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the gate says of a query.

    `ir` is set as far as the query could be read, `sql` and `explanation` if it is valid.
    `binding` is the engine that prepared it; empty if none could. `meanings` are those that it
    has, by their names or written out.
    """

    valid: bool = False
    issues: tuple[Issue, ...] = ()
    ir: Document | None = None
    sql: str | None = None
    explanation: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    binding: str = ""
    meanings: tuple[Used, ...] = ()


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a schema, as `from_json.read_tables` reads them, and what is wrong there."""

    tables: tuple[Document, ...]
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Definitions:
    """What is wrong with meanings: the issues of each document, with pointers into it."""

    issues: tuple[tuple[Issue, ...], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A text that a query compares with a column, at `pointer`, in the condition at `condition`.

    `sql` has a row if one of the table has it, or if one fits the `pattern`; it is empty if that
    cannot be asked. `wrap` is the function around the column. `negated`: rows with the text are
    left out. `is_number`: the column has numbers.
    """

    schema: str
    table: str
    column: str
    text: str
    pointer: str
    pattern: bool = False
    negated: bool = False
    wrap: Wrap = ""
    condition: str = ""
    is_number: bool = False
    sql: str = ""


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts that a query compares with columns."""

    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clauses of a query as SQL, by name; empty for a query that combines others."""

    clauses: dict[str, str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Do two queries ask the same, as far as their form shows?"""

    same: bool


@dataclass(frozen=True, slots=True)
class Context:
    """What a prompt says of a schema.

    `dropped` names what did not fit. `reply` is the JSON Schema that constrains the reply, or None.
    """

    ddl: str
    dropped: tuple[str, ...] = ()
    reply: Document | None = None


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """A function of `engine`, with its arguments as JSON and the type that it returns."""

    name: str
    arguments: dict[str, Any]
    answer: type[T]

    def too_large(self) -> tuple[Issue, ...]:
        """Return the refusal of a schema that is clearly too large, without reading it."""
        schema = self.arguments.get("schema")
        return too_large(schema) if schema else ()

    def refusal(self, issues: tuple[Issue, ...]) -> T:
        """Return the judgement that a refusal is. Other operations raise Refused."""
        if issubclass(self.answer, Judgement):
            return self.answer(issues=issues)
        raise Refused(*issues)


def read_schema(schema: Schema, dialect: str) -> Operation[Tables]:
    """Read a schema; see `engine.schema`."""
    return Operation("schema", {"schema": schema, "dialect": dialect}, Tables)


def check_meanings(documents: list[Document]) -> Operation[Definitions]:
    """Check meanings: `{"meanings": …}`, with `tables` where these are known."""
    return Operation("definitions", {"documents": documents}, Definitions)


def check_sql(
    sql: str, source: str, target: str, schema: Schema | None = None
) -> Operation[Judgement]:
    """Judge SQL of the dialect `source`, and write it for `target`; see `judge.judge_sql`."""
    arguments = {"sql": sql, "source": source, "target": target, "schema": schema}
    return Operation("sql", arguments, Judgement)


def check_ir(ir: Any, target: str, schema: Schema | None = None) -> Operation[Judgement]:
    """Judge a query expression, and write it for `target`; see `judge.judge_ir`."""
    return Operation("ir", {"ir": ir, "target": target, "schema": schema}, Judgement)


def check_clauses(clauses: dict[str, str], target: str, schema: Schema) -> Operation[Judgement]:
    """Judge the query that edited clauses make."""
    return Operation("compose", {"clauses": clauses, "target": target, "schema": schema}, Judgement)


def split_clauses(ir: Document, target: str, schema: Schema) -> Operation[Clauses]:
    """Write the clauses of a valid query expression as SQL of `target`."""
    return Operation("clauses", {"ir": ir, "target": target, "schema": schema}, Clauses)


def find_texts(ir: Document, target: str, schema: Schema) -> Operation[Texts]:
    """Find the texts that a valid query expression compares; see `literals.texts_of`."""
    return Operation("texts", {"ir": ir, "target": target, "schema": schema}, Texts)


def compare(
    one: Document | str | None, other: Document | str | None, dialect: str, schema: Schema
) -> Operation[Agreement]:
    """Compare two valid queries: query expressions, or SQL of `dialect`."""
    arguments = {"one": one, "other": other, "dialect": dialect, "schema": schema}
    return Operation("agreement", arguments, Agreement)


def small_world(
    one: Document | str,
    other: Document | str,
    dialect: str,
    schema: Schema,
    *,
    seconds: float = 2.0,
    must_show: bool = False,
    today: str = "",
) -> Operation[Found]:
    """Look for a tiny database on which two valid queries differ; see `search.tell_apart`.

    Each is a query expression, or SQL of `dialect`. `today` is the date that they ask for.
    """
    arguments = {"one": one, "other": other, "dialect": dialect, "schema": schema,
                 "seconds": seconds, "must_show": must_show, "today": today}  # fmt: skip
    return Operation("small_world", arguments, Found)


def prompt_context(
    schema: Schema, dialect: str, question: str, budget: int, form: str = ""
) -> Operation[Context]:
    """Write what a prompt says of a schema; see `engine.context`."""
    arguments = {"schema": schema, "dialect": dialect, "question": question, "budget": budget,
                 "form": form}  # fmt: skip
    return Operation("context", arguments, Context)


def as_json(value: Any) -> Any:
    """Return an answer, or what holds one, as plain JSON. An issue leaves out what is not known."""
    if isinstance(value, Issue):
        return value.as_dict()
    if is_dataclass(value):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [as_json(item) for item in value]
    return value
