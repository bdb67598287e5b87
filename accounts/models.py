"""API tokens and sign-in links. Only a hash of each secret is stored."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone
from knox.models import AbstractAuthToken


class ApiToken(AbstractAuthToken):  # type: ignore[misc]  # the package has no types
    """The credential of a program. `token_key` is its first characters, which people recognise.

    `scopes` are words: `use` may ask models; `operate` may also act as its owner, an operator;
    `sql` may also check SQL and ask data sources over MCP. On all other routes `use` is enough.
    With `local_only`, what it sends stays in the house: only providers marked `local` get it.
    """

    name = models.CharField(max_length=100)
    scopes = models.CharField(max_length=100, default="use")
    local_only = models.BooleanField(default=False)

    class Meta:
        ordering = ["-created"]

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
    ) -> str:
        """Store a new token of `user` and return it: the only time that it is shown."""
        expiry = timedelta(days=settings.TOKEN_DAYS if days is None else days)
        _, token = cls.objects.create(
            user, expiry=expiry, name=name, scopes=scopes, local_only=local_only
        )
        return str(token)


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
        """Store a new link of `user` and return its path."""
        cls.objects.filter(expires__lt=timezone.now() - timedelta(days=1)).delete()
        secret = secrets.token_urlsafe(32)
        expires = timezone.now() + timedelta(minutes=settings.SIGN_IN_LINK_MINUTES)
        cls.objects.create(user=user, digest=digest_of(secret), expires=expires)
        return f"/sign-in/{secret}"

    @classmethod
    def owner(cls, secret: str) -> str | None:
        """Return the user of this link, also of a used or expired one; None if it is unknown."""
        link = cls.objects.select_related("user").filter(digest=digest_of(secret)).first()
        return link.user.get_username() if link else None

    @classmethod
    def consume(cls, username: str, secret: str) -> User | None:
        """Return the link's user, once; None if the link is unknown, used or expired."""
        now = timezone.now()
        valid = cls.objects.filter(digest=digest_of(secret), expires__gt=now, used=None)
        link = valid.select_related("user").filter(user__username=username).first()
        # The update decides: of two simultaneous requests, only one finds the link unused.
        return link.user if link and valid.filter(pk=link.pk).update(used=now) else None


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
