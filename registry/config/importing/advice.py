"""What to do about a setting of another program that models.yaml does not have."""

from __future__ import annotations

import re

_ADVICE = (
    (r"fallback", "Name the models that answer instead in a model's `fallback`."),
    (r"^(rpm|tpm)$|rate_?limit|max_parallel|max_concurrent",
     "Models have no rate limits of their own: `limits` has those of people."),
    (r"budget|spend", "Set `budgets` beside `models`."),
    (r"routing|^weight$|^order$|retries|cooldown|allowed_fails|^priority$|group_alias",
     "An ID names one model; `endpoints` has its servers. What is safe to repeat is repeated."),
    (r"master_key|salt_key|jwt|sso|auth|oauth|signup|webui_secret",
     "`manage.py create_token` makes tokens for programs."),
    (r"database|redis|^cache|store_model", "The portal has settings of its own for this."),
    (r"callback|langfuse|otel|verbose|log|metrics",
     "Metrics are at /metrics, logs on stderr, and traces go to OTEL_EXPORTER_OTLP_ENDPOINT."),
    (r"alert|webhook", "Set `alerts` beside `models`."),
    (r"prompt(?!caching)|systemmessage|instructions|^rules$|modelspecs|preset|template",
     "Callers send prompts."),
    (r"guardrail|moderation", "The portal does not filter texts."),
    (r"team|access_group|allow_groups|users?$",
     "`allow` names the Django groups that may use a model."),
    (r"mcp|tools?$|search|rag_|agents", "The portal relays tools, and runs none."),
    (r"proxy|ssl|tls|verify|certificate|cabundle", "Set this for the portal's process."),
    (r"title|summar|icon|label|ui$|interface|theme", "This is for the pages of that program."),
    (r"environment_variables", "Write these variables into the portal's .env."),
    (r"^include$|^uses$", "Import that file too, and merge the two."),
)  # fmt: skip
_NONE = "models.yaml has nothing like it."


def advice_on(key: str) -> str:
    """Return a sentence on what takes the place of `key`."""
    folded = key.lower()
    return next((text for pattern, text in _ADVICE if re.search(pattern, folded)), _NONE)
