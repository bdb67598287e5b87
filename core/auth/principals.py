"""Whose credentials these are, from the database, and what this person or token may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.utils import timezone
from knox.crypto import hash_token
from knox.models import get_token_model

from core.access import Access
from core.addresses import read_networks
from core.auth.credentials import check_form, invalid_token, session_ended, unauthenticated
from core.auth.scopes import SCOPES
from core.errors import PortalError
from core.limits.limiter import limiter

if TYPE_CHECKING:
    from typing import Any

    from django.contrib.auth.models import User

    from core.access import Groups
    from core.addresses import Network
    from core.auth.credentials import Credentials
    from core.limits.payer import Payer

OPERATE = "registry.operate"
SESSION_SCOPES = frozenset({"use", "operate", "sql"})  # what people may do themselves


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in user.

    `scopes` are those of the token, as `accounts.models.ApiToken` defines them; a session has all.
    A token with `networks` may be sent from there only: `core.auth.uses` checks it.
    """

    user: User
    operator: bool
    access: Access
    by_session: bool
    scopes: frozenset[str]
    digest: str = ""  # of the token that was sent, as the database has it
    networks: tuple[Network, ...] = ()

    @property
    def token(self) -> str:
        """Which token was sent: not its secret. Empty for a session."""
        return f"token {self.digest[:16]}" if self.digest else ""

    @property
    def groups(self) -> Groups | None:
        """None for those who may use every model."""
        return self.access.groups

    @property
    def name(self) -> str:
        return self.user.get_username()

    @property
    def limit_key(self) -> int:
        return int(self.user.pk)

    @property
    def payer(self) -> Payer:
        """Whose limits count, and how much they are now."""
        return limiter.payer(str(self.user.pk), self.token, self.groups)


def look_up(credentials: Credentials) -> Principal:
    """Return whose credentials these are, from the database. Raises PortalError."""
    return _by_token(credentials.token) if credentials.token else _by_session(credentials)


def _by_token(token: str) -> Principal:
    record = _record(token)
    user, models = record.user, frozenset(record.model_ids.split()) or None
    scopes = frozenset(record.scopes.split())
    # Who operates sees the whole file: with some of the models alone, no one does.
    operator = "operate" in scopes and models is None and user.has_perm(OPERATE)
    return Principal(
        user,
        operator,
        Access(groups_of(user), record.local_only, models),
        by_session=False,
        scopes=scopes,
        digest=record.digest,
        networks=read_networks(record.networks.split()),
    )


def _by_session(credentials: Credentials) -> Principal:
    session = import_module(settings.SESSION_ENGINE).SessionStore(credentials.session)
    user = _signed_in(session)
    operator = user.has_perm(OPERATE)
    if credentials.used and not session.touch(brief=operator or user.is_staff):
        raise session_ended()
    return Principal(user, operator, access_of(user), by_session=True, scopes=SESSION_SCOPES)


def access_of(user: User) -> Access:
    """Return what someone may use who is signed in."""
    permissions = None if user.is_superuser else frozenset(user.get_all_permissions())
    return Access(groups_of(user), permissions=permissions)


def groups_of(user: User) -> Groups | None:
    """Return the names of the user's groups; None for superusers, who may use everything."""
    return None if user.is_superuser else frozenset(user.groups.values_list("name", flat=True))


def _record(token: str) -> Any:
    """Return the row of a token that works. Raises PortalError."""
    check_form(token)
    digest = hash_token(token)
    record = get_token_model().objects.select_related("user").filter(digest=digest).first()
    if record is None or not record.user.is_active:
        raise invalid_token()
    if record.expiry is not None and record.expiry <= timezone.now():
        raise unauthenticated("This API token has expired. Create a new one.")
    if is_away(record.user):
        raise unauthenticated(
            "The owner of this API token has not signed in for "
            f"{settings.TOKEN_SIGN_IN_DAYS:g} days. Sign in to the portal: then it works again."
        )
    if not {"use", *SCOPES}.intersection(record.scopes.split()):
        raise PortalError("permission_denied", "This API token may not be used here.")
    return record


def is_away(user: User) -> bool:
    """Did this person not sign in for TOKEN_SIGN_IN_DAYS? Programs never do: they are not away."""
    days = settings.TOKEN_SIGN_IN_DAYS
    return bool(days and user.last_login and user.last_login < timezone.now() - timedelta(days))


def _signed_in(session: Any) -> User:
    request = HttpRequest()
    request.session = session
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        raise session_ended()
    return user
