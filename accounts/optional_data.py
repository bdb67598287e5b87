"""Personal data of single sign-on and of second factors, where they are turned on."""

from __future__ import annotations

from django.apps import apps
from django.utils.translation import gettext_noop

from core.personal_data import Kind, personal_data


def register() -> None:
    """Register the kinds of the apps that are installed. Where they are off, `leftovers` cares."""
    if apps.is_installed("allauth.account"):
        _register_addresses()
    if apps.is_installed("allauth.socialaccount"):
        _register_identities()
    if apps.is_installed("allauth.mfa"):
        _register_factors()


def _register_addresses() -> None:
    from allauth.account.models import EmailAddress, EmailConfirmation

    personal_data.register(
        Kind(
            name="addresses",
            title=gettext_noop("Addresses of email, as the single sign-on confirmed them"),
            model=EmailAddress,
            parts=(EmailConfirmation,),
            of=lambda user: EmailAddress.objects.filter(user=user),
        )
    )


def _register_identities() -> None:
    from allauth.socialaccount.models import SocialAccount, SocialToken

    personal_data.register(
        Kind(
            name="identities",
            title=gettext_noop("Identities at the single sign-on"),
            model=SocialAccount,
            parts=(SocialToken,),
            of=lambda user: SocialAccount.objects.filter(user=user),
        )
    )
    personal_data.exempt(socialaccount_SocialApp="which provider signs people in")


def _register_factors() -> None:
    from allauth.mfa.models import Authenticator

    personal_data.register(
        Kind(
            name="second_factors",
            title=gettext_noop("Second factors of signing in"),
            model=Authenticator,
            of=lambda user: Authenticator.objects.filter(user=user),
            secret=frozenset({"data"}),
        )
    )
