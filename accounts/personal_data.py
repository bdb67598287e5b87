"""What this app and Django's own store about people: accounts, sign-ins, the admin's record."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext_noop

from accounts import optional_data
from accounts.models import ApiToken, Event, Session, SignInLink
from core.personal_data import Expiry, Kind, personal_data

ENDED = "ENDED_DAYS"


def _account(row: User) -> dict[str, Any]:
    names = ("id", "username", "first_name", "last_name", "email", "is_active", "is_staff",
             "is_superuser", "date_joined", "last_login")  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names},
        "groups": list(row.groups.values_list("name", flat=True)),
        "permissions": list(row.user_permissions.values_list("codename", flat=True)),
    }


def _admin_entries(user: User) -> QuerySet[Any]:
    """Return what `user` did in the admin, and what was done there to their account and rows."""
    admin.autodiscover()  # a command loads no pages
    entries = Q(user=user)
    for kind in personal_data.kinds.values():
        if admin.site.is_registered(kind.model):
            of = ContentType.objects.get_for_model(kind.model)
            entries |= Q(content_type=of, object_id__in=_keys(kind.of(user)))
    return LogEntry.objects.filter(entries)


def _keys(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the keys of rows as the admin writes them."""
    keys: QuerySet[Any] = (
        rows.order_by().annotate(written=Cast("pk", CharField())).values("written")
    )
    return keys


def _forget_entries(rows: QuerySet[Any], user: User, pseudonym: str) -> int:
    """Delete what `user` did, and replace the names in what others did.

    Also in what was done to someone of this name or address whose account is gone.
    """
    gone = LogEntry.objects.filter(
        object_repr__in=filter(None, (user.get_username(), user.email[:200]))
    ).exclude(
        content_type=ContentType.objects.get_for_model(User),
        object_id__in=_keys(User.objects.exclude(pk=user.pk)),
    )
    rows = rows | gone
    count = rows.count()
    rows.filter(user=user).delete()
    rows.filter(change_message__contains='"object"').update(change_message="")
    rows.update(object_repr=pseudonym)
    return count


def _events(user: User) -> QuerySet[Any]:
    """Return the sign-ins of `user`, and what `user` did to the accounts of others.

    Older ones are of someone who had the name before.
    """
    return _events_of(user.get_username()).filter(last__gte=user.date_joined)


def _events_of(name: str) -> QuerySet[Any]:
    return Event.objects.filter(Q(username=name) | Q(by=name))


def _forget_events(rows: QuerySet[Any], user: User, pseudonym: str) -> int:
    """Delete those of the name, also older ones, and replace it in those of others."""
    name = user.get_username()
    rows = _events_of(name)
    count = rows.count()
    rows.filter(username=name).delete()
    rows.update(by=pseudonym)
    return count


# The order matters: entries of the admin are found by the tokens.
personal_data.register(
    Kind(
        name="account",
        title=gettext_noop("The account: name, address of email, groups and permissions"),
        model=User,
        parts=(User.groups.through, User.user_permissions.through),
        of=lambda user: User.objects.filter(pk=user.pk),
        fields=_account,
    ),
    Kind(
        name="admin_entries",
        title=gettext_noop("What was done in the admin, by the person or to the account"),
        model=LogEntry,
        of=_admin_entries,
        erase=_forget_entries,
        stays="what other people did to the account in the admin, with the name replaced.",
        expiry=Expiry("CHANGE_DAYS", "action_time"),
    ),
    Kind(
        name="tokens",
        title=gettext_noop("API tokens"),
        model=ApiToken,
        of=lambda user: ApiToken.objects.filter(user=user),
        secret=frozenset({"digest"}),
        expiry=Expiry(ENDED, "expiry"),
    ),
    Kind(
        name="sign_in_links",
        title=gettext_noop("Sign-in links"),
        model=SignInLink,
        of=lambda user: SignInLink.objects.filter(user=user),
        secret=frozenset({"digest"}),
        expiry=Expiry(ENDED, "expires"),
    ),
    Kind(
        name="sessions",
        title=gettext_noop("Sessions of browsers"),
        model=Session,
        of=lambda user: Session.objects.filter(user=user),
        secret=frozenset({"session_key", "session_data"}),
        expiry=Expiry(ENDED, "expire_date"),
    ),
    Kind(
        name="sign_ins",
        title=gettext_noop("Sign-ins and refusals, and what became of tokens and links"),
        model=Event,
        of=_events,
        erase=_forget_events,
        stays="what the person did to the accounts of others, with the name replaced.",
        expiry=Expiry("RECORD_DAYS", "last"),
    ),
)
personal_data.exempt(
    accounts_FailureCount="digests of what was typed as a name, until they are forgotten",
    sessions_Session="of Django's own engine, which is not used: chores delete what is left",
    auth_Group="groups have names, and members only in the accounts",
    auth_Permission="what can be permitted at all",
    auth_Group_permissions="what groups may do",
    contenttypes_ContentType="the names of the tables",
)
optional_data.register()
