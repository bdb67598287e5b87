"""The description of the API, and its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class English:
    """Ignores `lang`: the API is English. Django would keep each of its values in memory."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        query = request.GET.copy()
        query.pop("lang", None)
        request.GET = query  # type: ignore[assignment]
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


class SchemaView(English, SpectacularJSONAPIView):
    pass


class ReferenceView(English, SpectacularSwaggerSplitView):
    pass
