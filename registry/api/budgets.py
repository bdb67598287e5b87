"""GET /v1/ai/budgets: what is left of the caller's budgets."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.http.drf import principal_of
from core.http.envelope import API_HEADERS
from registry.api.views import RegistryViewSet
from registry.budgets.left import left_of


class BudgetSerializer(serializers.Serializer[None]):
    """A budget in the period that runs. Amounts are tokens, or the currency's units."""

    name = serializers.CharField(help_text="Its name in models.yaml.")
    title = serializers.CharField(help_text="For people.")
    per = serializers.ChoiceField(
        ["day", "week", "month"], help_text="The period after which it begins again."
    )
    each = serializers.ChoiceField(
        ["person", "group", "token"], allow_null=True, help_text="Whose it is; null: of all."
    )
    group = serializers.CharField(allow_null=True, help_text="Whose it is, if each group has one.")
    unit = serializers.ChoiceField(["tokens", "money"], help_text="What it counts.")
    currency = serializers.CharField(allow_null=True, help_text="ISO 4217.")
    of = serializers.FloatField(help_text="What there is in a period.")
    used = serializers.FloatField(help_text="Also what is kept for answers under way.")
    left = serializers.FloatField(help_text="What is left in this period.")
    warn = serializers.IntegerField(help_text="Percent from which on people are warned.")
    low = serializers.BooleanField(help_text="Is so much used?")
    refuses = serializers.BooleanField(help_text="Are requests refused when nothing is left?")
    renews = serializers.DateField(help_text="The first day of the next period.")


class BudgetsSerializer(serializers.Serializer[None]):
    budgets = BudgetSerializer(many=True, help_text="The budgets that count the caller's requests.")


class BudgetViewSet(RegistryViewSet):
    """The caller's budgets."""

    @extend_schema(operation_id="list_budgets", responses=BudgetsSerializer)
    def list(self, request: Request) -> Response:
        """List what is left of the caller's budgets, all together's among them."""
        left = left_of(principal_of(request).payer)
        body = {"budgets": [one.as_dict() for one in left]}
        return Response(body, headers={**API_HEADERS, "Cache-Control": "private, no-store"})
