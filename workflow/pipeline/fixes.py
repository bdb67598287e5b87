"""Mistakes that have one remedy: it is applied without asking anybody, and told."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

Document = dict[str, Any]


def fixed(judged: dict[str, Any]) -> tuple[Document | None, list[dict[str, Any]]]:
    """Return the query expression with all errors mended, and what was done.

    (None, []) if there is none to mend, or one of them has no remedy.
    """
    wrong = [issue for issue in judged.get("issues", ()) if issue["severity"] == "error"]
    if not wrong or judged.get("ir") is None or not all(issue.get("fix") for issue in wrong):
        return None, []
    document = deepcopy(judged["ir"])
    for issue in wrong:
        for operation in issue["fix"]:
            add(document, operation["path"], operation["value"])
    return document, [{**issue, "code": "mended", "severity": "warning", "fix": issue["fix"],
                       "message": f"Mended: {issue['message']}"} for issue in wrong]  # fmt: skip


def add(document: Any, path: str, value: Any) -> None:
    """Do JSON Patch's `add` (RFC 6902) on a document of dicts and lists."""
    *way, last = (part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:])
    for part in way:
        document = document[int(part)] if isinstance(document, list) else document[part]
    if isinstance(document, list):
        document.insert(len(document) if last == "-" else int(last), value)
    else:
        document[last] = value
