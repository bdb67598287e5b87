"""
The ledger: a row for each call to a provider, and seals. `ledger.sums` has the sums of rows.

Costs are whole numbers of parts of a currency's unit: `registry.metering.price`. People are numbers
of accounts, 0 for none; names are looked up where they are shown, so that an account that is gone
leaves no name behind.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models

from core.personal_data.kinds import Expiry
from ledger.sums import MODEL_ID, WORD  # Django finds the models of sums by this import

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet


class Call(models.Model):
    """A call to a provider. Times are in milliseconds; `cost` is None without a price.

    `estimated` says why the tokens are not the provider's: left, stopped, cut_off, not_counted,
    lost. Rows are final: they are written once, when the call has ended. `prompt_mac` and
    `answer_mac` are of texts that are not here: `registry.metering.macs`. `reported` is how the
    provider's answer names the model.
    """

    expiry = Expiry("LEDGER_DAYS", "at")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(db_index=True)
    request = models.CharField(max_length=200, blank=True)
    person = models.IntegerField(default=0)
    token = models.CharField(max_length=WORD, blank=True)
    groups = models.CharField(max_length=1000, blank=True)  # names, one on a line
    door = models.CharField(max_length=100, blank=True)
    capability = models.CharField(max_length=WORD)
    provider = models.CharField(max_length=WORD)
    server = models.CharField(max_length=200, blank=True)
    model = models.CharField(max_length=MODEL_ID)
    asked = models.CharField(max_length=MODEL_ID, blank=True)
    resolved_by = models.CharField(max_length=WORD)
    because = models.CharField(max_length=WORD, blank=True)
    revision = models.CharField(max_length=WORD)
    worker = models.CharField(max_length=WORD, blank=True)
    outcome = models.CharField(max_length=WORD)
    code = models.CharField(max_length=WORD, blank=True)
    first = models.BigIntegerField(default=0)  # until the first byte
    took = models.BigIntegerField(default=0)
    sent = models.BigIntegerField(default=0)  # bytes
    input = models.BigIntegerField(default=0)  # tokens, as the next four
    cached = models.BigIntegerField(default=0)
    written = models.BigIntegerField(default=0)
    output = models.BigIntegerField(default=0)
    reasoning = models.BigIntegerField(default=0)
    images = models.IntegerField(default=0)
    estimated = models.CharField(max_length=WORD, blank=True)
    cost = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    price_since = models.CharField(max_length=10, blank=True)
    parameters = models.CharField(max_length=500, blank=True)  # JSON
    fingerprint = models.CharField(max_length=100, blank=True)
    # The database knows these defaults, too: the previous version inserts rows meanwhile.
    prompt_mac = models.BinaryField(max_length=32, default=b"", db_default=b"")
    answer_mac = models.BinaryField(max_length=32, default=b"", db_default=b"")
    reported = models.CharField(max_length=MODEL_ID, blank=True, default="", db_default="")

    class Meta:
        indexes = [models.Index(fields=["person", "at"]), models.Index(fields=["request"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.model}"

    @classmethod
    def of(cls, user: User) -> QuerySet[Call]:
        """Return the calls of one person."""
        return cls.objects.filter(person=user.pk)


class Salt(models.Model):
    """The salt of a person's commitments: `ledger.seal.encoding`. It is deleted with the person."""

    person = models.IntegerField(primary_key=True)
    salt = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"Salt of {self.person}"


class Link(models.Model):
    """A link of the chain, in the order in which rows were written: `ledger.seal.encoding`.

    It is of one call, whose row is deleted before it. `erased` is set when the person was erased.
    """

    place = models.BigIntegerField(primary_key=True)
    call = models.OneToOneField(Call, models.DO_NOTHING, null=True, db_constraint=False)
    at = models.DateTimeField()  # of the call
    who = models.BinaryField(max_length=32)
    leaf = models.BinaryField(max_length=32)
    mac = models.BinaryField(max_length=32)
    erased = models.BinaryField(max_length=32, default=b"")

    def __str__(self) -> str:
        return f"{self.place} {self.call_id}"


class Seal(models.Model):
    """The seal of a day: the links from `first` to `last`. `root` is the mac of the last one.

    `key` is the ID of the key of `mac`. `revisions` is how many texts of models.yaml there were.
    `pruned` is set when the links were deleted for their age;
    `posted` when the webhook has got the seal.
    """

    number = models.BigIntegerField(primary_key=True)
    day = models.DateField(unique=True)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    key = models.CharField(max_length=16)
    mac = models.BinaryField(max_length=32)
    revisions = models.BigIntegerField(default=0, db_default=0)
    pruned = models.BinaryField(max_length=32, default=b"")
    posted = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.number} {self.day}"

    @property
    def count(self) -> int:
        """How many rows it is of."""
        return self.last - self.first + 1
