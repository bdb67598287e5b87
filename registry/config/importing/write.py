"""Another program's file → the text of models.yaml, and what could not be said in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.errors import ConfigError, Problem
from core.text import quote
from core.variables import scrub
from core.yaml.dump import dump
from registry.config.importing.draft import Draft
from registry.config.importing.recognise import READERS, recognise

if TYPE_CHECKING:
    from core.yaml.tree import Node

_UNKNOWN = (
    f"This file is not known. Files of {', '.join(READERS)} can be imported. "
    "Check models.yaml itself with `models check`."
)


class Imported(NamedTuple):
    """`text` is a models.yaml, which may lack models. No part holds a literal key."""

    program: str
    text: str
    notes: list[Problem]


def import_file(source: bytes) -> Imported:
    """Return `source`, a file of another program, as models.yaml. Raises ConfigError."""
    foreign = recognise(source)
    if foreign is None or foreign.root is None:
        raise ConfigError([Problem(0, 0, _UNKNOWN)])
    draft = Draft()
    draft.report = draft.values.report = foreign.report
    READERS[foreign.program](foreign.root, draft)
    _choose_defaults(draft, foreign.place)
    text = _text(draft)
    notes = sorted(
        note._replace(message=scrub(note.message, draft.values.secrets))
        for note in foreign.report.notes
    )
    return Imported(foreign.program, text, notes)


def _choose_defaults(draft: Draft, place: Node) -> None:
    """Use the first model with a capability for it, if the file names none."""
    for provider, section in draft.providers.items():
        for name, model in section["registry"].items():
            for capability in model["capabilities"]:
                draft.default(capability, f"{provider}:{name}")
    for capability, model_id in draft.defaults.items():
        message = f"{quote(model_id, 80)} answers callers who name no model for {capability}."
        draft.report.note(place, message)


def _text(draft: Draft) -> str:
    """Return the draft as YAML. The literal keys were replaced; none can remain elsewhere."""
    sections = {
        name: {key: value for key, value in section.items() if value != {}}
        for name, section in draft.providers.items()
    }
    defaults = {"defaults": draft.defaults} if draft.defaults else {}
    return scrub(dump({"models": {**defaults, **sections}}), draft.values.secrets)
