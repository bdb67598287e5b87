"""The route of the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.views import SpectacularJSONAPIView

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class SchemaView(SpectacularJSONAPIView):
    """Ignores `lang`: the API is English. Django would keep each of its values in memory."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        query = request.GET.copy()
        query.pop("lang", None)
        request.GET = query  # type: ignore[assignment]
        return super().dispatch(request, *args, **kwargs)
