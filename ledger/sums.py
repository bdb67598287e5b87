"""
The sums of calls: of hours, days and months, of all people and of each; and how long models took.

They are made of rows: `ledger.rollup` adds each row to those that it counts in.
"""

from __future__ import annotations

from django.db import models

from ledger.money import Amount

MODEL_ID = 250  # letters
WORD = 40


class Counts(models.Model):
    """What some calls used, and what it cost."""

    calls = models.BigIntegerField()
    estimated = models.BigIntegerField()  # calls
    unpriced = models.BigIntegerField()  # calls
    input = models.BigIntegerField()
    cached = models.BigIntegerField()
    output = models.BigIntegerField()
    reasoning = models.BigIntegerField()
    images = models.BigIntegerField()
    cost = Amount()

    class Meta:
        abstract = True


class Alike(Counts):
    """The sums of the calls that are alike and began in one time, which begins at `at`."""

    at = models.DateTimeField()
    groups = models.CharField(max_length=1000, blank=True)
    capability = models.CharField(max_length=WORD)
    provider = models.CharField(max_length=WORD)
    model = models.CharField(max_length=MODEL_ID)
    outcome = models.CharField(max_length=WORD)
    code = models.CharField(max_length=WORD, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    took = models.BigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H} {self.model}"


class Total(Alike):
    """The sums of a calendar month of all people, in the portal's time zone."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["at", "groups", "capability", "provider", "model", "outcome", "code",
                        "currency"],
                name="ledger_total_once",
            )
        ]  # fmt: skip


class Rollup(Alike):
    """The sums of a day or a calendar month of all people, for the page of what all people used.

    `kind` says of which time, and by what: `ledger.rollup.KINDS`. Columns that it adds up are
    empty. `Total` is the kind of months with all columns.
    """

    kind = models.CharField(max_length=WORD)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "at", "groups", "capability", "provider", "model", "outcome",
                        "code", "currency"],
                name="ledger_rollup_once",
            )
        ]  # fmt: skip


class Sums(Alike):
    """Sums of one person and token."""

    person = models.IntegerField(default=0)
    token = models.CharField(max_length=WORD, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["at", "person", "token", "groups", "capability", "provider", "model",
                        "outcome", "code", "currency"],
                name="%(app_label)s_%(class)s_once",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["person", "at"])]


class Hour(Sums):
    """The sums of an hour."""


class Day(Sums):
    """The sums of a day in the portal's time zone, which are those of its hours."""


class PersonRollup(Sums):
    """The sums of a day or a calendar month of each person and token, for the page of all people.

    `kind` says of which time, and if the other columns are empty: `ledger.rollup.PERSON_KINDS`.
    """

    kind = models.CharField(max_length=WORD)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "at", "person", "token", "groups", "capability", "provider",
                        "model", "outcome", "code", "currency"],
                name="ledger_personrollup_once",
            )
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["person", "kind", "at"]),
            models.Index(fields=["kind", "at", "person", "token", "calls"]),
        ]


class Month(Counts):
    """A cell of a calendar month: sums of at least five people, whom it does not name.

    `ledger.everyone.cells` has the rule. Cells are written once, after the month, and do not
    change. A name is `MIXED` where a cell is of several.
    """

    MIXED = "*"

    month = models.DateField()  # its first day
    groups = models.CharField(max_length=1000, blank=True)
    capability = models.CharField(max_length=WORD)
    provider = models.CharField(max_length=WORD)
    model = models.CharField(max_length=MODEL_ID)
    currency = models.CharField(max_length=3, blank=True)
    failed = models.BigIntegerField()  # calls

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "groups", "capability", "provider", "model", "currency"],
                name="ledger_month_once",
            )
        ]
        default_permissions = []
        permissions = [("see_usage", "Can see what all people used, in sums")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.model}"


class Histogram(models.Model):
    """How many answers of a model began, or ended, within a time, which begins at `at`.

    `bucket` n holds times below 1.25 ** n milliseconds, and not below that of n - 1.
    """

    at = models.DateTimeField()
    capability = models.CharField(max_length=WORD)
    model = models.CharField(max_length=MODEL_ID)
    kind = models.CharField(max_length=WORD)  # first, took
    bucket = models.IntegerField()
    calls = models.BigIntegerField()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["at", "capability", "model", "kind", "bucket"],
                name="%(app_label)s_%(class)s_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H} {self.model} {self.kind} {self.bucket}"


class Latency(Histogram):
    """The histograms of a day."""


class LatencyMonth(Histogram):
    """The histograms of a calendar month, which are those of its days."""
