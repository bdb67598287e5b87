"""How the model that was chosen is asked for the query of a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from core.errors import PortalError
from queryexpr.dialects.all import TITLES, find_name
from workflow.changing import remark
from workflow.evaluation.results import measured_way
from workflow.meanings.prompt import Remarks, remarks
from workflow.pipeline.author import Style
from workflow.pipeline.build import build, lifted
from workflow.pipeline.examples import in_prompt
from workflow.pipeline.forms import Form, Way, form_of, weaker
from workflow.pipeline.repair import Task
from workflow.pipeline.steps import drive

if TYPE_CHECKING:
    from queryexpr.gate.operations import Document
    from registry.entities import Resolution
    from workflow.asker import Asker
    from workflow.pipeline.outcomes import Result
    from workflow.subject import SchemaSubject

RESERVED_TOKENS = 2_000  # of a context window, for the reply and the prompt beside the schema
CHARS_A_TOKEN = 3
REMARKS = 4  # a quarter of that room at most is for what words mean
EXAMPLES = 8  # and an eighth for confirmed questions
QUERY = 4  # and a quarter for the query that a question changes


async def built(
    question: str,
    subject: SchemaSubject,
    asker: Asker,
    repairs: int | None = None,
    way: Way | None = None,
    so_far: Document | None = None,
) -> Result:
    """Return the query expression of a question: lifted from a model's SQL, or its own.

    Without a `way` it is that of models.yaml, or what was measured. `so_far` is the query that the
    question changes. Raises PortalError.
    """
    resolution = asker.chosen
    way = way or await way_of(resolution)
    style, room = style_for(resolution, subject), _budget(resolution) // QUERY
    dialect = style.native or subject.dialect
    known = await remark(so_far, subject, dialect, sql=way == "sql", room=room)
    if way == "sql":
        task = task_of(question, subject, resolution, repairs, known=known)
        return await drive(lifted(task, style), asker.answer)
    form: Form = "none" if way == "examples" else form_of(resolution)
    while True:
        task = task_of(question, subject, resolution, repairs, form, way, known)
        try:
            return await drive(build(task), asker.answer)
        except PortalError as error:
            following = weaker(resolution, form) if error.code == "provider_rejected" else None
            if following is None or asker.replies:
                raise
            form = following


async def way_of(resolution: Resolution) -> Way:
    """Return what a model is asked to write for a question."""
    ref = resolution.model.ref if resolution.model else None
    if ref and ref.asks:
        return ref.asks
    return await measured_way(resolution) if ref else "sql"


def task_of(
    question: str,
    subject: SchemaSubject,
    resolution: Resolution,
    repairs: int | None,
    form: Form = "none",
    way: Way = "sql",
    known: str = "",
) -> Task:
    """Return the task of asking a model about a subject, within what fits its context.

    `known` is what the prompt says of a query that the question changes.
    """
    budget = _budget(resolution)
    said = _remarks(question, subject, resolution, way, budget // REMARKS)
    examples = in_prompt(
        subject.examples, local=resolution.provider.local, sql=way == "sql", room=budget // EXAMPLES
    )
    said = said._replace(text="\n\n".join(filter(None, (said.text, examples, known))))
    return Task(
        question,
        subject.seen_by(resolution).schema,
        subject.dialect,
        subject.title,
        form,
        settings.SQL_REPAIRS if repairs is None else repairs,
        budget - len(said.text),
        said.text,
        said.left_out,
    )


def _remarks(
    question: str, subject: SchemaSubject, resolution: Resolution, way: Way, room: int
) -> Remarks:
    """Return what the model's prompt says of the source's meanings."""
    if subject.meanings is None:
        return Remarks()
    local = resolution.provider.local
    return remarks(subject.meanings, question, local=local, sql=way == "sql", room=room)


def _budget(resolution: Resolution) -> int:
    """Return how many characters of a schema fit into the model's context."""
    window = resolution.model.ref.context_window if resolution.model else None
    limit: int = settings.SQL_SCHEMA_CHARS
    if not window:
        return limit
    return min(limit, max(window - RESERVED_TOKENS, window // 3) * CHARS_A_TOKEN)


def style_for(resolution: Resolution, subject: SchemaSubject) -> Style:
    """Return how a model is asked for SQL about a subject.

    What explains a query may hold a value that only a local model may see.
    """
    style = style_of(resolution)
    if resolution.provider.local or not subject.has_local_values:
        return style
    return style.without_explanation()


def style_of(resolution: Resolution) -> Style:
    """Return how a model is asked for SQL."""
    ref = resolution.model.ref if resolution.model else None
    if ref is None:
        return Style()
    native = find_name(ref.native_dialect or "") or ""
    return Style(ref.prompt or "", ref.stop, native, TITLES.get(native, ""), ref.raw)
