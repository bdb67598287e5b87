"""
Questions and their answers, saved schemas, and a record of the queries that were run.

Each inquiry and schema belongs to one user, and is read through that user's. Runs are never
changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from core.personal_data.kinds import Expiry

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

MAX_NAME = 100
MAX_LISTED = 30  # inquiries
OUTCOMES = {
    "ok": "", "invalid": gettext_lazy("no valid query"), "ambiguous": gettext_lazy("unclear"),
    "model_error": gettext_lazy("failed"), "unanswerable": gettext_lazy("not in these tables"),
}  # fmt: skip


class SavedSchema(models.Model):
    """Tables that a user asks about again. `text` is DDL of `dialect`."""

    expiry = Expiry("SCHEMA_DAYS", "saved")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="schemas")
    name = models.CharField(max_length=MAX_NAME)
    dialect = models.CharField(max_length=20)
    text = models.TextField()
    saved = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_schema_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def deleted_on(self) -> datetime | None:
        return self.expiry.deleted_on(self)


class Inquiry(models.Model):
    """A question and its answer, which `page.inquiry` reads and writes; `edited`: `page.kept`.

    `source` names a data source; without one `schema` has the DDL that was asked about.
    """

    expiry = Expiry("INQUIRY_DAYS", "asked")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="inquiries")
    question = models.TextField(blank=True)
    dialect = models.CharField(max_length=20)
    source = models.CharField(max_length=32, blank=True)
    schema = models.TextField(blank=True)
    outcome = models.CharField(max_length=20)
    answer = models.JSONField()
    edited = models.JSONField(null=True)
    asked = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-asked"]
        indexes = [models.Index(fields=["user", "-asked"], name="inquiries_newest_first")]

    def __str__(self) -> str:
        return self.question[:80] or "SQL"

    @property
    def deleted_on(self) -> datetime | None:
        return self.expiry.deleted_on(self)

    @property
    def outcome_in_words(self) -> str:
        return str(OUTCOMES.get(self.outcome, self.outcome))

    @classmethod
    def of(cls, user: Any) -> QuerySet[Inquiry]:
        """Return a user's own inquiries; others never see them."""
        return cls.objects.filter(user=user)

    @classmethod
    def latest(cls, user: Any) -> QuerySet[Inquiry]:
        """Return the inquiries that a page lists."""
        return cls.of(user).defer("answer", "edited", "schema")[:MAX_LISTED]


class Confirmation(models.Model):
    """A question whose query a person confirmed, about a data source or about saved tables.

    A row is only ended, never changed: of one question there is one that has not ended. `digest` is
    of the question as `confirmed.normal` writes it. `parts` has what the query uses of the schema
    and of the meanings. `vector` is an embedding of the question by `embedded_by`.
    """

    expiry = Expiry("CHANGE_DAYS", "ended")

    source = models.CharField(gettext_lazy("source"), max_length=32, blank=True)
    tables = models.ForeignKey(SavedSchema, models.CASCADE, null=True)
    question = models.TextField(gettext_lazy("question"))
    digest = models.CharField(max_length=64)
    ir = models.JSONField()
    sql = models.TextField("SQL")
    parts = models.JSONField()
    local_only = models.BooleanField(gettext_lazy("stays in the house"), default=False)
    at = models.DateTimeField(gettext_lazy("at"), default=timezone.now)
    who = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    # stays when the account goes
    username = models.CharField(gettext_lazy("username"), max_length=150)
    ended = models.DateTimeField(gettext_lazy("ended"), null=True)
    ended_by = models.CharField(gettext_lazy("ended by"), max_length=150, blank=True)
    replaced = models.BooleanField(gettext_lazy("replaced"), default=False)
    vector = models.BinaryField(null=True)
    embedded_by = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = gettext_lazy("confirmed question")
        verbose_name_plural = gettext_lazy("confirmed questions")
        default_permissions = ["view"]
        permissions = [("confirm_questions", "Can confirm questions with their queries")]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "digest"],
                condition=models.Q(ended=None, tables=None),
                name="one_query_a_question",
            ),
            models.UniqueConstraint(
                fields=["tables", "digest"],
                condition=models.Q(ended=None),
                name="one_query_of_saved_tables",
            ),
        ]

    def __str__(self) -> str:
        return self.question[:80]


class Run(models.Model):
    """One query that was run on a data source: who, what, when, and how it ended."""

    at = models.DateTimeField(gettext_lazy("at"), auto_now_add=True)
    who = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    # stays when the account goes
    username = models.CharField(gettext_lazy("username"), max_length=150)
    source = models.CharField(gettext_lazy("source"), max_length=32)
    sql = models.TextField()
    rows = models.PositiveIntegerField(gettext_lazy("rows"), null=True)
    milliseconds = models.PositiveIntegerField(gettext_lazy("milliseconds"), null=True)
    error = models.CharField(gettext_lazy("error"), max_length=500, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = gettext_lazy("run")
        verbose_name_plural = gettext_lazy("runs")
        default_permissions = ["view"]
        permissions = [("run_sql", "Can run checked queries on data sources")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.username}: {self.source}"


class Evaluation(models.Model):
    """How well a model answered the questions of `manage.py sql eval`, asked in one way.

    `digest` is of the questions and of how models.yaml has the model asked: a result counts until
    one of these changes.
    """

    model = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    way = models.CharField(max_length=20)
    right = models.PositiveIntegerField()
    wrong = models.PositiveIntegerField()  # although they were called valid
    refused = models.PositiveIntegerField()
    seconds = models.FloatField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["model", "way"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["model", "digest", "way"], name="one_result_a_way")
        ]

    def __str__(self) -> str:
        return f"{self.model}, {self.way}: {self.right} right of {self.asked}"

    @property
    def asked(self) -> int:
        return self.right + self.wrong + self.refused
