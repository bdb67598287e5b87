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
REQUEST_ID = OpenApiParameter(
    "request_id", str, required=True, description="The caller's X-Request-ID, or the portal's."
)


class UsageSerializer(serializers.Serializer[None]):
    """Tokens, and images. `cached` and `written` are parts of `input`."""

    input = serializers.IntegerField()
    cached = serializers.IntegerField()
    written = serializers.IntegerField()
    output = serializers.IntegerField()
    reasoning = serializers.IntegerField()
    images = serializers.IntegerField()


class LineSerializer(serializers.Serializer[None]):
    number = serializers.IntegerField()
    text = serializers.CharField()


class SwitchOfReceiptSerializer(serializers.Serializer[None]):
    at = serializers.DateTimeField()
    reason = serializers.CharField()


class ReceiptSerializer(serializers.Serializer[None]):
    """What was asked for, why this model, what it used and cost, and its place in the ledger."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField(help_text="When the request went to the provider.")
    request_id = serializers.CharField(help_text="The caller's.")
    door = serializers.CharField(help_text="The route or the socket.")
    person = serializers.IntegerField(help_text="The number of the account; 0: no one's.")
    token = serializers.CharField()
    groups = serializers.ListField(child=serializers.CharField())
    capability = serializers.CharField()
    asked = serializers.CharField(help_text="The ID of the model that was meant, if another is.")
    model = serializers.CharField()
    provider = serializers.CharField()
    server = serializers.CharField()
    resolved_by = serializers.CharField()
    because = serializers.CharField(help_text="The error for which another model answered.")
    switch = SwitchOfReceiptSerializer(allow_null=True)
    revision = serializers.CharField()
    in_use_since = serializers.DateTimeField(allow_null=True)
    lines = LineSerializer(many=True, help_text="Of models.yaml, that decided.")
    text = serializers.CharField(allow_null=True, help_text="All of it, for operators.")
    outcome = serializers.CharField()
    code = serializers.CharField()
    first = serializers.IntegerField(allow_null=True, help_text="Milliseconds.")
    took = serializers.IntegerField(allow_null=True, help_text="Milliseconds.")
    parameters = serializers.DictField(help_text="Of the request: numbers and switches.")
    fingerprint = serializers.CharField(help_text="The provider's.")
    usage = UsageSerializer()
    estimated = serializers.CharField(help_text="Why the usage is an estimate.")
    cost = serializers.CharField(allow_null=True, help_text="In units of the currency, exact.")
    currency = serializers.CharField()
    price_since = serializers.CharField()
    place = serializers.IntegerField(allow_null=True, help_text="In the chain of the ledger.")
    sealed = serializers.DateField(allow_null=True, help_text="The day whose seal has it.")


class ReceiptsSerializer(serializers.Serializer[None]):
    receipts = ReceiptSerializer(many=True)


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
        found = [receipt_of(call, operator=principal.operator) for call in calls[:MAX_RECEIPTS]]
        return Response({"receipts": found}, headers=HEADERS)

    @extend_schema(operation_id="get_receipt", responses=ReceiptSerializer)
    def retrieve(self, request: Request, receipt: UUID) -> Response:
        """Return the receipt of an answer, which is there about a second after it."""
        principal = principal_of(request)
        call = receipts_for(principal).filter(pk=receipt).first()
        if call is None:
            message = (
                f"There is no receipt {receipt} for you. It is there a second after its answer."
            )
            raise PortalError("not_found", message)
        return Response(receipt_of(call, operator=principal.operator), headers=HEADERS)
