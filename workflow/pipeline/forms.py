"""
What a model writes, SQL or a query expression, and how the latter is constrained: by models.yaml,
otherwise by the forms that the model accepts.

If a server rejects a form, the next weaker one is tried, and remembered until the file changes.
Every reply is judged, whatever the form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from registry.entities import Resolution

Form = Literal["openai-strict", "grammar", "simple", "json", "none"]
Way = Literal["sql", "ir", "examples"]  # IR by schema, or by an example only
_LADDER: dict[Form, Form] = {
    "openai-strict": "json", "grammar": "json", "simple": "json", "json": "none",
}  # fmt: skip
_CONFIGURED: dict[str, Form] = {
    "json_schema": "openai-strict", "grammar": "grammar", "simple": "simple",
    "json_object": "json", "none": "none",
}  # fmt: skip
_accepted: dict[tuple[str, str], Form] = {}  # revision and model → the strongest form


def form_of(resolution: Resolution) -> Form:
    """Return the form to ask a model in."""
    ref = resolution.model.ref if resolution.model else None
    if ref and ref.structured_output:
        return _CONFIGURED[ref.structured_output]
    usual: Form = "grammar" if resolution.provider.api == "ollama" else "openai-strict"
    return _accepted.get((resolution.revision, resolution.id), usual)


def weaker(resolution: Resolution, form: Form) -> Form | None:
    """Remember that a model rejects `form`; return the next to try, None after the last."""
    after = _LADDER.get(form)
    if after:
        if len(_accepted) > 1000:
            _accepted.clear()
        _accepted[resolution.revision, resolution.id] = after
    return after


def response_format(form: Form, schema: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return OpenAI's `response_format`."""
    if form == "none":
        return None
    if form == "json" or schema is None:
        return {"type": "json_object"}
    named: dict[str, Any] = {"name": "query", "schema": schema}
    if form == "openai-strict":
        named["strict"] = True
    return {"type": "json_schema", "json_schema": named}
