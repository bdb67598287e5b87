"""GET /v1/ir/schema: what a query expression is, as JSON Schema."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from core.errors import PortalError
from core.http.envelope import API_HEADERS

MEDIA_TYPE = "application/schema+json"
PROFILE = OpenApiParameter(
    "profile", str, description="canonical (the default), openai-strict or grammar."
)


class QueryExpressionViewSet(ViewSet):
    """The query expression's own description."""

    http_method_names = ["get", "head"]

    @extend_schema(
        operation_id="query_expression_schema",
        parameters=[PROFILE],
        responses={(200, "application/schema+json"): dict},
    )
    def retrieve(self, request: Request) -> Response:
        """Show the JSON Schema of query expressions, for callers or for models."""
        from queryexpr.document.profiles import (  # classes that only this view needs
            PROFILES,
            schema,
        )

        name = request.query_params.get("profile", "canonical")
        for profile in PROFILES:
            if profile == name:
                document = schema(profile)
                return Response(document, headers=API_HEADERS, content_type=MEDIA_TYPE)
        message = f"A profile is one of {', '.join(PROFILES)}."
        raise PortalError("invalid_request", message, param="profile")
