"""
What people share: a conversation or a question, as it was when they shared it.

A share is read under the reader's own rights, and never holds rows of a data source's.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from chat.models import TITLE_LENGTH, Conversation
from core.groups import shared_with
from core.personal_data.kinds import Expiry
from workflow.models import Inquiry

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

MAX_SHARES = 50  # of one person: each holds a copy


class Share(models.Model):
    """A copy in `content`, which members of `groups` may read until it ends, or all who sign in.

    A group that is deleted lets no one else in: `for_all` says that all may. Nor does one that the
    user has left. The share goes with
    its conversation or inquiry. `source` is the data source that it is about.
    """

    expiry = Expiry("ENDED_DAYS", "ends")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shares")
    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, related_name="+")
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, null=True, related_name="+")
    title = models.CharField(max_length=TITLE_LENGTH)
    content = models.JSONField()
    source = models.CharField(max_length=32, blank=True)
    local_only = models.BooleanField(default=False)
    groups = models.ManyToManyField("auth.Group", blank=True, related_name="+")
    for_all = models.BooleanField(default=False)
    created = models.DateTimeField(default=timezone.now)
    ends = models.DateTimeField()

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.title

    @property
    def has_ended(self) -> bool:
        return self.ends <= timezone.now()

    @property
    def stays_in_house(self) -> bool:
        """Was what it copies marked so, then or since?"""
        return self.local_only or bool(self.conversation and self.conversation.local_only)

    @classmethod
    def of(cls, user: User) -> QuerySet[Share]:
        """Return a user's own shares, also those that have ended."""
        return cls.objects.filter(user=user)

    @classmethod
    def readable(cls, user: User) -> QuerySet[Share]:
        """Return what `user` may read now: their own, and what others share with them."""
        with_them = Q(for_all=True) | shared_with(user)
        theirs = Q(user__is_active=True, ends__gt=timezone.now()) & with_them
        return cls.objects.filter(Q(user=user) | theirs).distinct()
