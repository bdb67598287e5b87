"""What a model's reply means."""

from __future__ import annotations

from workflow.pipeline.replies import Query, read_reply


def test_a_null_in_a_models_reply_means_that_a_key_is_not_used():
    reply = '{"query": {"where": null, "select": [{"expr": null, "as": null}]}}'
    assert read_reply(reply) == Query({"query": {"select": [{"expr": None}]}})
