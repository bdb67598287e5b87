"""When inquiries and saved schemas are deleted, on the page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from workflow.models import Inquiry, SavedSchema
from workflow.page import fragments


@pytest.mark.django_db
def test_the_lists_show_when_their_entries_are_deleted(settings: Any) -> None:
    ann = User(username="ann")
    inquiry, schema = Inquiry(user=ann, question="How many?"), SavedSchema(user=ann, name="shop")

    def html() -> str:
        inquiries = fragments.render("_inquiries", {"inquiries": [Inquiry(pk=1, question="?", asked=inquiry.asked)]})  # fmt: skip
        return inquiries + fragments.render("_schemas", {"saved": [schema]})

    assert "202" not in html().replace(f"{inquiry.asked:%Y-%m-%d}", "")
    settings.INQUIRY_DAYS, settings.SCHEMA_DAYS = 30, 60
    for days, form in ((30, "deleted on {}"), (60, "(until {})")):
        day = timezone.localdate(timezone.now() + timedelta(days=days))
        assert form.format(day) in html()
