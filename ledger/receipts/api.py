"""GET /v1/ai/receipts: what the ledger has of an answer, by its ID or the caller's."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import PortalError
from core.http.drf import principal_of
from core.http.envelope import API_HEADERS
from ledger.receipts.receipt import receipt_of, receipts_for
from registry.api.views import RegistryViewSet

MAX_RECEIPTS = 20
HEADERS = {**API_HEADERS, "Cache-Control": "private, no-store"}
RECEIPT = OpenApiParameter(
    "receipt", UUID, OpenApiParameter.PATH, description="The ID of the receipt: X-Receipt."
)
REQUEST_ID = OpenApiParameter(
    "request_id", str, required=True, description="The caller's X-Request-ID, or the portal's."
)


class UsageSerializer(serializers.Serializer[None]):
    """Tokens, and images. `cached` and `written` are parts of `input`."""

    input = serializers.IntegerField(help_text="Tokens that the model read.")
    cached = serializers.IntegerField(
        help_text="Of these, tokens that were in the provider's cache."
    )
    written = serializers.IntegerField(
        help_text="Of these, tokens that were written into that cache."
    )
    output = serializers.IntegerField(help_text="Tokens that the model wrote.")
    reasoning = serializers.IntegerField(help_text="Of these, tokens that were only thought.")
    images = serializers.IntegerField(help_text="Images that were made.")


class LineSerializer(serializers.Serializer[None]):
    number = serializers.IntegerField(help_text="The line in the file, from 1.")
    text = serializers.CharField(help_text="The line itself.")


class SwitchOfReceiptSerializer(serializers.Serializer[None]):
    at = serializers.DateTimeField(help_text="When the primary was set.")
    reason = serializers.CharField(help_text="Why, in the words of who set it.")


class ReceiptSerializer(serializers.Serializer[None]):
    """What was asked for, why this model, what it used and cost, and its place in the ledger."""

    id = serializers.UUIDField(help_text="The ID of the receipt, as the header X-Receipt has it.")
    at = serializers.DateTimeField(help_text="When the request went to the provider.")
    request_id = serializers.CharField(help_text="The caller's.")
    door = serializers.CharField(help_text="The route or the socket.")
    person = serializers.IntegerField(help_text="The number of the account; 0: no one's.")
    token = serializers.CharField(help_text="The token that was used; empty on pages.")
    groups = serializers.ListField(
        child=serializers.CharField(), help_text="The groups of the person then."
    )
    capability = serializers.CharField(help_text="What was asked for, such as `chat`.")
    asked = serializers.CharField(help_text="The ID of the model that was meant, if another is.")
    model = serializers.CharField(help_text="The ID of the model that answered.")
    provider = serializers.CharField(help_text="The provider that answered.")
    server = serializers.CharField(help_text="The server of the provider, if it has several.")
    resolved_by = serializers.CharField(
        help_text="Why this model: `override`, `primary`, `default` or `fallback`."
    )
    because = serializers.CharField(help_text="The error for which another model answered.")
    switch = SwitchOfReceiptSerializer(
        allow_null=True, help_text="The change that made the model the primary, if it was one."
    )
    revision = serializers.CharField(help_text="The hash of the file then in use.")
    in_use_since = serializers.DateTimeField(
        allow_null=True, help_text="Since when that file was in use."
    )
    lines = LineSerializer(many=True, help_text="Of models.yaml, that decided.")
    text = serializers.CharField(allow_null=True, help_text="All of it, for operators.")
    outcome = serializers.CharField(help_text="`ok`, `failed`, `stopped`, `left` or `lost`.")
    code = serializers.CharField(help_text="The code of the error; empty without one.")
    first = serializers.IntegerField(allow_null=True, help_text="Milliseconds.")
    took = serializers.IntegerField(allow_null=True, help_text="Milliseconds.")
    parameters = serializers.DictField(help_text="Of the request: numbers and switches.")
    fingerprint = serializers.CharField(help_text="The provider's.")
    reported = serializers.CharField(help_text="How the provider's answer names the model.")
    usage = UsageSerializer(help_text="What was used.")
    estimated = serializers.CharField(help_text="Why the usage is an estimate.")
    cost = serializers.CharField(allow_null=True, help_text="In units of the currency, exact.")
    currency = serializers.CharField(help_text="The currency of the cost, in ISO 4217.")
    price_since = serializers.CharField(help_text="The day from which the price holds.")
    place = serializers.IntegerField(allow_null=True, help_text="In the chain of the ledger.")
    sealed = serializers.DateField(allow_null=True, help_text="The day whose seal has it.")
    prompt_hmac = serializers.CharField(help_text="Of the prompt, in hex digits; empty: none.")
    answer_hmac = serializers.CharField(help_text="Of the answer's text; empty: it has none.")
    in_conversation = serializers.CharField(
        allow_null=True,
        help_text="Is the text in the caller's own conversation the one that was given: `same`, or "
        "`other`, which may have been continued? Null: unknown.",
    )


class ReceiptsSerializer(serializers.Serializer[None]):
    receipts = ReceiptSerializer(many=True, help_text="The receipts, the newest first.")


class ReceiptViewSet(RegistryViewSet):
    """The receipts of answers."""

    @extend_schema(
        operation_id="list_receipts", parameters=[REQUEST_ID], responses=ReceiptsSerializer
    )
    def list(self, request: Request) -> Response:
        """Find the receipts of a request by its ID, the newest first, 20 at most."""
        label = request.query_params.get("request_id", "")
        if not label:
            raise PortalError("invalid_request", "`request_id` is missing.", param="request_id")
        principal = principal_of(request)
        calls = receipts_for(principal).filter(request=label.replace("\0", "")).order_by("-at")
        found = [
            receipt_of(call, principal.user, operator=principal.operator)
            for call in calls[:MAX_RECEIPTS]
        ]
        return Response({"receipts": found}, headers=HEADERS)

    @extend_schema(operation_id="get_receipt", parameters=[RECEIPT], responses=ReceiptSerializer)
    def retrieve(self, request: Request, receipt: UUID) -> Response:
        """Return the receipt of an answer, which is there about a second after it."""
        principal = principal_of(request)
        call = receipts_for(principal).filter(pk=receipt).first()
        if call is None:
            message = (
                f"There is no receipt {receipt} for you. It is there a second after its answer."
            )
            raise PortalError("not_found", message)
        return Response(
            receipt_of(call, principal.user, operator=principal.operator), headers=HEADERS
        )
