"""
What the portal adds to django-allauth's OpenID Connect.

The issuer is the configured one, whatever its documents say. The ID token's signature, audience,
nonce and times are always checked: allauth would trust the connection, and knows no nonce. The
subject is the ID token's; what `userinfo` says about another subject is refused.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from requests import RequestException

# Not the symmetric ones: with those, anyone who knows the client's secret could sign.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
              "ES256", "ES384", "ES512", "EdDSA"]  # fmt: skip
LEEWAY_SECONDS = 60
DOCUMENT_SECONDS, FAILURE_SECONDS = 300, 5
FRESH_SECONDS = 300  # how old a sign-in at the provider may be that was asked to be new
MAX_SUBJECT = 191  # characters, as the table of identities holds


def nonce_of(state: str) -> str:
    """Return the nonce of a sign-in. Its state is random, of one session, and used once."""
    return salted_hmac("accounts.sso.nonce", state, algorithm="sha256").hexdigest()


class Discovery:
    """The provider's published addresses, kept for DOCUMENT_SECONDS; a failure for some seconds.

    While the provider is slow, one thread asks it, and those that waited do not ask again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._document: Mapping[str, Any] = {}
        self._failure = ""

    def document(self) -> Mapping[str, Any]:
        """Return it. Raises OAuth2Error."""
        with self._lock:
            if self._until < time.monotonic():
                self._load()
            if self._failure:
                raise OAuth2Error(self._failure)
            return self._document

    def _load(self) -> None:
        try:
            self._document, self._failure = self._fetch(), ""
        except (OAuth2Error, RequestException) as error:
            self._failure = str(error)
        seconds = FAILURE_SECONDS if self._failure else DOCUMENT_SECONDS
        self._until = time.monotonic() + seconds

    def _fetch(self) -> Mapping[str, Any]:
        issuer = settings.OIDC_ISSUER
        document = fetch(issuer.rstrip("/") + "/.well-known/openid-configuration")
        if document.get("issuer") != issuer:
            raise OAuth2Error(
                f"OIDC_ISSUER is {issuer!r}, and its document names {document.get('issuer')!r}"
            )
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(document.get(name), str):
                raise OAuth2Error(f"the document of {issuer} has no {name}")
        return document


discovery = Discovery()


def fetch(url: str, headers: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """Return the JSON object at `url`. Raises OAuth2Error, requests.RequestException."""
    with get_adapter().get_requests_session() as session:
        response = session.get(url, headers=headers, allow_redirects=False)
        response.raise_for_status()
        document = response.json()
    if response.status_code != 200 or not isinstance(document, dict):
        raise OAuth2Error(f"{url} did not answer with a JSON object")
    return document


class Provider(OpenIDConnectProvider):  # type: ignore[misc]  # the package has no types
    """The one provider. Its ID, with which identities are stored, is its issuer."""

    pkce_enabled_default = True

    def get_scope(self) -> list[str]:
        return list(settings.OIDC_SCOPES)

    def get_oauth2_adapter(self, request: HttpRequest) -> Protocol:
        return Protocol(request)

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        return {}  # what the provider knows about a person is not stored


class Protocol(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # the package has no types
    """The steps after the browser came back."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, settings.OIDC_ISSUER)

    @property
    def openid_config(self) -> Mapping[str, Any]:
        return discovery.document()

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return request.build_absolute_uri(reverse("sso-callback"))

    def get_access_token_data(self, request: HttpRequest, *args: Any, **more: Any) -> Any:
        # RFC 9207: an answer of another provider, to a request that was made to this one.
        if request.GET.get("iss", settings.OIDC_ISSUER) != settings.OIDC_ISSUER:
            raise OAuth2Error(f"the answer is from {request.GET['iss']!r}")
        return super().get_access_token_data(request, *args, **more)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **more: Any) -> Any:
        """Return the login with its claims. Raises OAuth2Error, requests.RequestException."""
        id_token = more["response"].get("id_token")
        if not isinstance(id_token, str):
            raise OAuth2Error("the provider sent no ID token")
        claims = verified(id_token, self.openid_config["jwks_uri"], request.GET.get("state", ""))
        claims = {**self._userinfo(token.token, claims["sub"]), **claims}
        login = self.get_provider().sociallogin_from_response(request, {"id_token": claims})
        login.claims, login.id_token = claims, id_token
        return login

    def _userinfo(self, access_token: str, subject: str) -> Mapping[str, Any]:
        url = self.openid_config.get("userinfo_endpoint")
        if not url:
            return {}
        userinfo = fetch(url, {"Authorization": f"Bearer {access_token}"})
        if userinfo.get("sub") != subject:
            raise OAuth2Error("userinfo is about another subject than the ID token")
        # When someone signed in is of this sign-in, not of the person: only the ID token says it.
        return {name: value for name, value in userinfo.items() if name != "auth_time"}


def verified(id_token: str, keys_url: str, state: str) -> dict[str, Any]:
    """Return the claims of an ID token for this client and this sign-in. Raises OAuth2Error."""
    try:
        claims: dict[str, Any] = jwt.decode(
            id_token,
            _key(id_token, fetch(keys_url)),
            algorithms=ALGORITHMS,
            audience=settings.OIDC_CLIENT_ID,
            issuer=settings.OIDC_ISSUER,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "iss", "sub", "aud"]},
        )
    except jwt.PyJWTError as error:
        raise OAuth2Error(f"the ID token is not valid: {error}") from None
    _check(claims, state)
    return claims


def _check(claims: Mapping[str, Any], state: str) -> None:
    audience, subject = claims["aud"], claims["sub"]
    shared = isinstance(audience, list) and len(audience) > 1
    if shared and claims.get("azp") != settings.OIDC_CLIENT_ID:
        raise OAuth2Error("the ID token was issued to another client")
    if not constant_time_compare(str(claims.get("nonce", "")), nonce_of(state)):
        raise OAuth2Error("the ID token belongs to another sign-in")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT:
        raise OAuth2Error(f"the subject is not a text of at most {MAX_SUBJECT} characters")


def _key(id_token: str, document: Mapping[str, Any]) -> jwt.PyJWK:
    keys = jwt.PyJWKSet.from_dict(dict(document)).keys
    name = jwt.get_unverified_header(id_token).get("kid")
    matching = [key for key in keys if name is None or key.key_id == name]
    if len(matching) != 1:
        raise OAuth2Error("the ID token's key is not one of the provider's")
    return matching[0]


def provider(request: HttpRequest) -> Provider:
    app = SocialApp(
        provider=Provider.id,
        provider_id=settings.OIDC_ISSUER,
        name=settings.OIDC_NAME,
        client_id=settings.OIDC_CLIENT_ID,
        secret=settings.OIDC_CLIENT_SECRET,
        settings={"server_url": settings.OIDC_ISSUER},
    )
    return Provider(request, app=app)
