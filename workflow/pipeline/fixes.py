"""Fixes errors with exactly one remedy, without asking a model, and reports each fix."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

from queryexpr.gate.operations import Document, Judgement, Schema, check_ir
from queryexpr.issues import Issue, errors
from workflow.pipeline.steps import Policy

Notes = tuple[Issue, ...]


def fix(judgement: Judgement, dialect: str, schema: Schema) -> Policy[Judgement]:
    """Return the judgement with its errors fixed, if each has one remedy; else as it is."""
    document, notes = fixed(judgement)
    if document is None:
        return judgement
    again: Judgement = yield check_ir(document, dialect, schema)
    if errors(again.issues):
        return judgement
    return replace(again, issues=(*again.issues, *notes))


def fixed(judgement: Judgement) -> tuple[Document | None, Notes]:
    """Return the query expression with all errors fixed, and a warning about each fix.

    (None, ()) if there is nothing to fix, or an error without a remedy.
    """
    wrong = errors(judgement.issues)
    if not wrong or judgement.ir is None or not all(issue.fix for issue in wrong):
        return None, ()
    document = deepcopy(judgement.ir)
    for issue in wrong:
        for operation in issue.fix:
            patch(document, operation)
    return document, tuple(map(_note, wrong))


def _note(issue: Issue) -> Issue:
    return replace(issue, code="mended", severity="warning", message=f"Fixed: {issue.message}")


def patch(document: Any, operation: Document) -> None:
    """Do an `add` or a `replace` of JSON Patch (RFC 6902) on a document of dicts and lists."""
    path, value = operation["path"], operation["value"]
    *parents, last = (part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:])
    for part in parents:
        document = document[int(part)] if isinstance(document, list) else document[part]
    if operation.get("op") == "replace":
        document[int(last) if isinstance(document, list) else last] = value
    elif isinstance(document, list):
        document.insert(len(document) if last == "-" else int(last), value)
    else:
        document[last] = value
