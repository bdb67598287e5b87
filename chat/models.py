"""
Conversations and their messages. Each belongs to one user; queries begin with theirs.

Nothing is overwritten: an edited question and a retried answer stay, marked as replaced, with all
that followed them.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.personal_data.kinds import Expiry

if TYPE_CHECKING:
    from datetime import datetime

TITLE_LENGTH = 100
NAME_LENGTH = 100
FOLDER_LENGTH = 60
WHOLE = {"", "stop", "tool_calls", "function_call"}  # finish reasons of a complete answer


class State(models.TextChoices):
    """How an answer ended. Unless it is `complete`, a part of it is stored, or nothing."""

    RUNNING = "running"
    COMPLETE = "complete"
    STOPPED = "stopped"  # by its reader
    INTERRUPTED = "interrupted"  # it broke off, or reached a limit
    FAILED = "failed"  # before there was any text


class Instructions(models.Model):
    """What one user lets every model read first, in the conversations of the page."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True)
    text = models.TextField()
    updated = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"Instructions of {self.user}"


class Prompt(models.Model):
    """A prompt that a user saved, and members of `groups` may use, too."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="prompts")
    title = models.CharField(max_length=TITLE_LENGTH)
    text = models.TextField()
    groups = models.ManyToManyField("auth.Group", blank=True, related_name="+")
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title


class Conversation(models.Model):
    """What one user and models wrote. `updated` is the time of the latest message.

    `instructions` are what models read before its messages.

    With `local_only` it stays in the house: only providers marked `local` get it, from now on.
    A `folder` is a name that its owner gave; it exists as long as a conversation has it.
    """

    expiry = Expiry("CHAT_DAYS", "updated")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="conversations")
    title = models.CharField(max_length=TITLE_LENGTH)
    created = models.DateTimeField(default=timezone.now)
    updated = models.DateTimeField(default=timezone.now)
    local_only = models.BooleanField(default=False)
    # The database knows these defaults, too: the previous version inserts rows meanwhile.
    instructions = models.TextField(blank=True, default="", db_default="")
    pinned = models.BooleanField(default=False, db_default=False)
    folder = models.CharField(max_length=FOLDER_LENGTH, blank=True, default="", db_default="")
    unread = models.BooleanField(default=False, db_default=False)  # an answer ended without readers

    class Meta:
        ordering = ["-updated"]
        indexes = [models.Index(fields=["user", "-updated"], name="chat_newest_first")]

    def __str__(self) -> str:
        return self.title

    @property
    def deleted_on(self) -> datetime | None:
        """When it is deleted, if no one continues it."""
        return self.expiry.deleted_on(self)


class Message(models.Model):
    """
    A question (`user`) or an answer (`assistant`). `parent` is the message before it; those of
    earlier versions of the portal have none.

    Of an answer: `model` is the ID that was asked, `resolution` as in the API, `usage` OpenAI's;
    times are in milliseconds since the question arrived; `error` is `{code, message}`;
    `sent` and `dropped` count the messages that the model got, and those that did not fit.
    `receipt` is the ID of the last call's receipt in the ledger.
    `thoughts` are what a model wrote before its answer: shown, but no part of the conversation.
    """

    class Role(models.TextChoices):
        USER = "user"
        ASSISTANT = "assistant"

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    role = models.CharField(max_length=9, choices=Role)
    content = models.TextField()
    state = models.CharField(max_length=11, choices=State, default=State.COMPLETE)
    replaced = models.BooleanField(default=False)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="children")
    created = models.DateTimeField(default=timezone.now)

    model = models.CharField(max_length=300, blank=True)
    resolution = models.JSONField(null=True)
    usage = models.JSONField(null=True)
    finish_reason = models.CharField(max_length=50, blank=True)
    error = models.JSONField(null=True)
    receipt = models.UUIDField(null=True, db_index=True)
    first_token_ms = models.PositiveIntegerField(null=True)
    duration_ms = models.PositiveIntegerField(null=True)
    sent = models.PositiveIntegerField(default=0)
    dropped = models.PositiveIntegerField(default=0)
    # The database knows these defaults, too: the previous version inserts rows meanwhile.
    thoughts = models.TextField(blank=True, default="", db_default="")
    thought_ms = models.PositiveIntegerField(null=True)
    worker = models.CharField(max_length=40, blank=True)  # the process that writes it
    # Of an answer that is being written: how often others read it, and whether they stop it.
    reads = models.PositiveIntegerField(default=0, db_default=0)
    stop_requested = models.BooleanField(default=False, db_default=False)

    length = 0  # of all of `content`, where only its beginning was read

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["state"], condition=models.Q(state="running"), name="chat_running")
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk} ({self.state})"


class Attachment(models.Model):
    """A file that a user attached to a question, as the `place`-th of its files.

    One that is not sent has no message, and `unsent_since`. `text` is what models read of it: of a
    picture nothing. `note` is what its reader should know of how it was read. `tokens` are an
    estimate, `stored` the bytes that it takes here.
    """

    expiry = Expiry("UNSENT_DAYS", "unsent_since")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="attachments")
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="attachments")
    place = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=NAME_LENGTH)
    kind = models.CharField(max_length=10)  # of `chat.attachments.kinds`
    pasted = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    size = models.PositiveIntegerField()
    tokens = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField()
    data = models.BinaryField()
    text = models.TextField(blank=True)
    created = models.DateTimeField(default=timezone.now)
    unsent_since = models.DateTimeField(null=True, default=timezone.now)

    class Meta:
        ordering = ["message", "place"]
        indexes = [
            models.Index(
                fields=["unsent_since"],
                condition=models.Q(unsent_since__isnull=False),
                name="chat_unsent",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Reason(models.TextChoices):
    """Why an answer is bad."""

    WRONG = "wrong", _("It is wrong")
    INCOMPLETE = "incomplete", _("Something is missing")
    MISUNDERSTOOD = "misunderstood", _("It does not answer my question")
    FORM = "form", _("Its length, form or tone")
    HARMFUL = "harmful", _("It is harmful")
    OTHER = "other", _("Something else")


class Feedback(models.Model):
    """What the reader of an answer thinks of it. It is deleted with the answer.

    Others read it without a name; the question and the answer only if it is `shared`.
    """

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True)
    good = models.BooleanField()
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    text = models.TextField(blank=True)
    shared = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{'Good' if self.good else 'Bad'}: {self.message_id}"


class Vote(models.Model):
    """Which answer to a question its reader kept: of `model`, beside those of `others` (IDs).

    With `blind` the models' names were hidden. It is deleted with the question.
    """

    question = models.OneToOneField(Message, models.CASCADE, primary_key=True)
    kept = models.ForeignKey(Message, models.CASCADE, related_name="+")
    model = models.CharField(max_length=300)  # another one may continue the answer
    others = models.JSONField()
    blind = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.kept_id} of {self.question_id}"
