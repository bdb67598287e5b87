"""The page of a receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.auth.principals import OPERATE
from core.http.decorators import page, user_of
from ledger.models import Call
from ledger.receipts.receipt import SEE_PEOPLE, receipt_of

if TYPE_CHECKING:
    from uuid import UUID


@require_safe
@page
def receipt(request: HttpRequest, receipt: UUID) -> HttpResponse:
    """Show a receipt of the reader's own, or with `accounts.see_people` of anyone's."""
    user = user_of(request)
    calls = Call.objects.all() if user.has_perm(SEE_PEOPLE) else Call.of(user)
    call = calls.filter(pk=receipt).first()
    if call is None:
        raise Http404
    made = receipt_of(call, user, operator=user.has_perm(OPERATE))
    return render(request, "ledger/receipt.html", {"receipt": made})
