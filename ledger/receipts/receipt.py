"""What the receipt of a call has."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from ledger.models import Call, Link, Seal
from ledger.receipts.texts import in_conversation
from registry.config.deciding import Choice, decided, deciding
from registry.metering.price import PER_UNIT
from registry.models import Change
from registry.state.service import service
from registry.workers import revisions

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

    from core.auth.principals import Principal

SEE_PEOPLE = "accounts.see_people"
PLAIN = ("id", "at", "door", "person", "token", "capability", "asked", "model", "provider",
         "server", "resolved_by", "because", "revision", "outcome", "code", "estimated",
         "currency", "price_since", "fingerprint", "reported")  # fmt: skip
USAGE = ("input", "cached", "written", "output", "reasoning", "images")


def receipts_for(principal: Principal) -> QuerySet[Call]:
    """Return the calls whose receipts someone may see.

    A token that may not do all that its owner may has those of its own calls.
    """
    of_all = principal.user.has_perm(SEE_PEOPLE) and {"use", "operate"} <= principal.scopes
    if of_all and principal.access.models is None:
        return Call.objects.all()
    own = Call.of(principal.user)
    limited = principal.access.models is not None or "use" not in principal.scopes
    return own.filter(token=principal.token.removeprefix("token ")) if limited else own


def receipt_of(call: Call, user: User, *, operator: bool) -> dict[str, Any]:
    """Return the receipt for this user.

    Operators see the times of shared caches, and the text of the file.
    """
    plain = {name: getattr(call, name) for name in PLAIN}
    hidden = not operator and _hides_times(call.provider)
    return {
        **plain,
        "id": str(call.pk),
        "request_id": call.request,
        "groups": call.groups.split("\n") if call.groups else [],
        "first": None if hidden else call.first,
        "took": None if hidden else call.took,
        "parameters": msgspec.json.decode(call.parameters or "{}"),
        "usage": {name: getattr(call, name) for name in USAGE},
        "cost": None if call.cost is None else f"{Decimal(call.cost) / PER_UNIT:f}",
        "switch": _switch(call) if call.resolved_by == "primary" else None,
        **_file(call, operator=operator),
        **_sealed(call),
        "prompt_hmac": bytes(call.prompt_mac).hex(),
        "answer_hmac": bytes(call.answer_mac).hex(),
        "in_conversation": in_conversation(call, user),
    }


def _hides_times(provider: str) -> bool:
    """May times show what others asked? Of a provider that is gone, no one knows."""
    known = service.current.providers.get(provider)
    return known is None or known.shared_cache


def _file(call: Call, *, operator: bool) -> dict[str, Any]:
    """Return what is stored of the file's revision."""
    stored = revisions.in_use(call.revision, call.at)
    choice = Choice(call.capability, call.model, call.asked, call.resolved_by)
    read = deciding if operator else decided
    lines = read(stored.text, choice) if stored else []
    return {
        "in_use_since": stored and stored.at,
        "lines": [line._asdict() for line in lines],
        "text": stored.text if stored and operator else None,
    }


def _switch(call: Call) -> dict[str, Any] | None:
    """Return when the primary was set that was used, and why."""
    kind = Change.Kind.SET
    change = Change.objects.filter(kind=kind, capability=call.capability, at__lte=call.at).first()
    return {"at": change.at, "reason": change.reason} if change else None


def _sealed(call: Call) -> dict[str, Any]:
    link = Link.objects.filter(call=call.pk).first()
    seal = link and Seal.objects.filter(first__lte=link.place, last__gte=link.place).first()
    return {"place": link and link.place, "sealed": seal and seal.day}
