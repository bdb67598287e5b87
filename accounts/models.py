"""API tokens, sign-in links and failed sign-ins. Only a hash of each secret is stored."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from accounts.sessions import SessionStore
from core.addresses import read_networks

if TYPE_CHECKING:
    from collections.abc import Iterable


class ApiToken(AbstractAuthToken):  # type: ignore[misc]  # the package has no types
    """The credential of a program. `token_key` is its first characters, which people recognise.

    `scopes` are words of `core.auth.scopes`: `chat`, `sql` and `embeddings` may do that only,
    and `use` all three; `operate` may act as its owner, an operator.
    With `local_only`, what it sends stays in the house: only providers marked `local` get it.
    Of `model_ids` and `networks`, which are words, an empty text is no limit. `core.auth.uses`
    notes the last use, some minutes late.
    """

    name = models.CharField(_("name"), max_length=100)
    scopes = models.CharField(_("scopes"), max_length=100, default="use")
    local_only = models.BooleanField(_("local only"), default=False)
    model_ids = models.TextField(_("models"), blank=True, default="", db_default="")
    networks = models.TextField(_("addresses"), blank=True, default="", db_default="")
    last_used = models.DateTimeField(_("last used"), null=True)
    last_address = models.CharField(
        _("last address"), max_length=45, blank=True, default="", db_default=""
    )

    class Meta:
        ordering = ["-created"]
        verbose_name = _("api token")
        verbose_name_plural = _("api tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.token_key}…)"

    @property
    def expired(self) -> bool:
        return self.expiry is not None and self.expiry <= timezone.now()

    @classmethod
    def make(
        cls,
        user: User,
        name: str,
        scopes: str = "use",
        days: int | None = None,
        *,
        local_only: bool = False,
        model_ids: Iterable[str] = (),
        networks: Iterable[str] = (),
    ) -> str:
        """Store a new token of `user` and return it: the only time that it is shown.

        Raises ValueError if one of `networks` is none.
        """
        _, token = cls.objects.create(
            user,
            expiry=timedelta(days=settings.TOKEN_DAYS if days is None else days),
            name=name,
            scopes=scopes,
            local_only=local_only,
            model_ids=" ".join(model_ids),
            networks=" ".join(map(str, read_networks(networks))),
        )
        return str(token)


# The package's own fields have no texts to translate. Their columns and migrations stay the same.
for _field, _title in {
    "token_key": _("token key"), "user": _("user"), "created": _("created"), "expiry": _("expiry"),
}.items():  # fmt: skip
    ApiToken._meta.get_field(_field).verbose_name = _title


class SignInLink(models.Model):
    """A link that signs a person in, once, within SIGN_IN_LINK_MINUTES."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link for {self.user} of {self.created:%Y-%m-%d %H:%M}"

    @classmethod
    def make(cls, user: User) -> str:
        """Store a new link of `user` and return its path.

        The secret is in the fragment, which browsers do not send: no server and no proxy logs it.
        """
        secret = secrets.token_urlsafe(32)
        expires = timezone.now() + timedelta(minutes=settings.SIGN_IN_LINK_MINUTES)
        cls.objects.create(user=user, digest=digest_of(secret), expires=expires)
        return f"/sign-in/link#{secret}"

    @classmethod
    def state(cls, secret: str) -> str:
        """Return `valid`, `used`, `expired` or `unknown`."""
        link = cls.objects.filter(digest=digest_of(secret), user__is_active=True).first()
        if link is None:
            return "unknown"
        if link.used:
            return "used"
        return "valid" if link.expires > timezone.now() else "expired"

    @classmethod
    def owner(cls, secret: str) -> str:
        """Return the name of whom the link signs in; empty unless it is valid."""
        links = cls.objects.filter(digest=digest_of(secret)).select_related("user")
        link = links.first() if cls.state(secret) == "valid" else None
        return link.user.get_username() if link else ""

    @classmethod
    def consume(cls, secret: str) -> User | None:
        """Return the link's user, once; None if the link does not work."""
        now = timezone.now()
        valid = cls.objects.filter(
            digest=digest_of(secret), user__is_active=True, expires__gt=now, used=None
        )
        link = valid.select_related("user").first()
        # The update decides: of two simultaneous requests, only one finds the link unused.
        return link.user if link and valid.filter(pk=link.pk).update(used=now) else None


class Session(AbstractBaseSession):
    """A session, under the hash of its key: see `accounts.sessions`."""

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True)

    class Meta(AbstractBaseSession.Meta):
        default_permissions = ()

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore


class FailureCount(models.Model):
    """How often a password was wrong, as `accounts.sign_in.throttle` counts it.

    `name` is a digest of the name that was typed, which may be a password, and is empty for all
    names. `place` is a network or a device, and is empty for all places. `due` is when the failures
    are forgotten; before `until`, attempts are refused.
    """

    name = models.CharField(max_length=64, blank=True)
    place = models.CharField(max_length=64, blank=True)
    due = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "place"], name="one_count")]
        default_permissions = []
        indexes = [models.Index(fields=["due"])]

    def __str__(self) -> str:
        return f"failures at {self.place or 'all places'} until {self.due:%Y-%m-%d %H:%M}"


class Event(models.Model):
    """A sign-in, a refusal, or what became of a token or a link: `accounts.record` writes them.

    Equal refusals of an hour are one row with a `count`. A name that no one has is stored as an
    empty text: it may be a password that was typed into the wrong field.
    """

    class Kind(models.TextChoices):
        """What happened; the words follow the person's name."""

        SIGNED_IN = "signed_in", _("signed in")
        SIGNED_OUT = "signed_out", _("signed out")
        REFUSED = "refused", _("was refused")
        SLOWED = "slowed", _("has to wait")
        LINK_MADE = "link_made", _("got a sign-in link")
        TOKEN_MADE = "token_made", _("got a token")
        TOKEN_REVOKED = "token_revoked", _("lost a token")

    at = models.DateTimeField(_("at"), default=timezone.now)
    last = models.DateTimeField(_("last"), default=timezone.now)
    count = models.PositiveIntegerField(_("count"), default=1)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    # stays when the account goes
    username = models.CharField(_("username"), max_length=150, blank=True)
    # another person, who did it
    by = models.CharField(_("by"), max_length=150, blank=True, db_default="")
    address = models.CharField(_("address"), max_length=49, blank=True)  # or a network
    detail = models.CharField(_("detail"), max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = ["view"]
        permissions = [("see_people", "Can see figures about single people")]
        indexes = [models.Index(fields=["kind", "username", "at"])]
        verbose_name = _("sign-in or token")
        verbose_name_plural = _("record of sign-ins and tokens")

    def __str__(self) -> str:
        who = self.username or _("someone")
        return f"{self.at:%Y-%m-%d %H:%M} {who} {self.get_kind_display()}"


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
