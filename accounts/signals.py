"""What follows a sign-in or a change of a token, whichever way it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from accounts.models import ApiToken, Event, SignInLink
from accounts.record import record, record_refusal
from core.addresses import address_of, network_of
from core.auth.principals import OPERATE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from accounts.sign_in.throttle import TooManyFailuresError

METHODS = {
    "PasswordBackend": "password",
    "SignInLinkBackend": "link",
    "SingleSignOn": "single sign-on",
}


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **more: Any) -> None:
    request.session.begin(brief=user.is_staff or user.has_perm(OPERATE))  # type: ignore[attr-defined]
    request.signed_in_as = user.get_username()  # type: ignore[attr-defined]  # accounts.sign_in.middleware
    backend = getattr(user, "backend", "").rpartition(".")[2]
    record(Event.Kind.SIGNED_IN, user.get_username(), METHODS.get(backend, backend))


@receiver(user_logged_out)
def signed_out(user: User | None, **more: Any) -> None:
    if user is not None:
        record(Event.Kind.SIGNED_OUT, user.get_username())


@receiver(user_login_failed)
def refused(
    credentials: Mapping[str, str], request: HttpRequest | None = None, **more: Any
) -> None:
    network = network_of(address_of(request)) if request is not None else ""
    name = str(credentials.get("username", ""))
    refusal: TooManyFailuresError | None = getattr(request, "sign_in_refusal", None)
    if refusal is None:
        method = "password" if "password" in credentials else "link"
        record_refusal(Event.Kind.REFUSED, name, network, method)
    else:
        # Without what the refusal does not depend on, which an attacker can vary at no cost.
        by_name, by_place = refusal.key
        record_refusal(
            Event.Kind.SLOWED, name if by_name else "", network if by_place else "", "password"
        )


@receiver(post_save, sender=ApiToken)
def token_made(instance: ApiToken, created: bool, **more: Any) -> None:
    if created:
        record(Event.Kind.TOKEN_MADE, instance.user.get_username(), _described(instance))


@receiver(post_delete, sender=ApiToken)
def token_revoked(instance: ApiToken, **more: Any) -> None:
    record(Event.Kind.TOKEN_REVOKED, instance.user.get_username(), _described(instance))


@receiver(post_save, sender=SignInLink)
def link_made(instance: SignInLink, created: bool, **more: Any) -> None:
    if created:
        record(Event.Kind.LINK_MADE, instance.user.get_username())


@receiver(pre_save, sender=User)
def note_name(instance: User, raw: bool, update_fields: Any, **more: Any) -> None:
    """Note the name before a save that may change it."""
    former = None
    if instance.pk and not raw and (update_fields is None or "username" in update_fields):
        former = User.objects.filter(pk=instance.pk).values_list("username", flat=True).first()
    instance.former_name = former  # type: ignore[attr-defined]


@receiver(post_save, sender=User)
def follow_name(instance: User, **more: Any) -> None:
    """Let the record follow its person to a new name: someone else may get the old one."""
    old, new = getattr(instance, "former_name", None), instance.get_username()
    if old and old != new:
        own = Event.objects.filter(last__gte=instance.date_joined)
        own.filter(username=old).update(username=new)
        own.filter(by=old).update(by=new)


def _described(token: ApiToken) -> str:
    return f"{token} for {token.scopes}"[:150]
