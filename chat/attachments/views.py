"""The addresses of files: uploads, what was uploaded and not sent, and downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat.attachments.kinds import KINDS, PICTURES
from chat.attachments.sending import light
from chat.attachments.shown import FileView
from chat.attachments.store import discard, keep
from chat.frames import MAX_FILES
from chat.models import Attachment
from core.errors import PortalError
from core.http.decorators import page, user_of
from core.http.refusals import refused

if TYPE_CHECKING:
    from django.db.models import QuerySet

MAX_KEYS = 500
OCTETS = "application/octet-stream"  # which no browser shows


class UploadForm(forms.Form):
    """A file. `pasted`: its text was pasted into the box."""

    file = forms.FileField(allow_empty_file=True)
    pasted = forms.BooleanField(required=False)


def own(request: HttpRequest) -> QuerySet[Attachment]:
    return Attachment.objects.filter(user=user_of(request))


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@page
def attachments(request: HttpRequest) -> HttpResponse:
    """Take a file, by POST, and return it as the box shows it; by GET, return those of `id`."""
    if request.method == "POST":
        return _upload(request)
    keys = _keys(request.GET.getlist("id")[:MAX_FILES])
    rows = light(own(request)).in_bulk(keys)
    return _files(request, [rows[key] for key in keys if key in rows])


def _upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return HttpResponse("Send one file, as `file` of a form.", status=400)
    file = form.cleaned_data["file"]
    try:
        row = keep(user_of(request), file.name, file.read(), pasted=form.cleaned_data["pasted"])
    except PortalError as error:
        return refused(error)
    return _files(request, [row])


@require_POST
@page
def discard_some(request: HttpRequest) -> HttpResponse:
    """Delete those of `id` that were not sent."""
    discard(user_of(request), _keys(request.POST.getlist("id")[:MAX_KEYS]))
    return HttpResponse(status=204)


@require_safe
@page
def content(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Return a file as it was uploaded. Browsers save it; in a page they show a picture."""
    row = get_object_or_404(own(request).defer("text"), pk=pk)
    media = KINDS[row.kind].media if row.kind in PICTURES else OCTETS
    response = HttpResponse(bytes(row.data), content_type=media)
    response.headers["Content-Disposition"] = content_disposition_header(True, row.name)
    return response


@require_safe
@page
def text(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Return the text that models read of a file."""
    row = get_object_or_404(light(own(request)), pk=pk)
    return HttpResponse(row.text, content_type="text/plain; charset=utf-8")


def _files(request: HttpRequest, rows: list[Attachment]) -> HttpResponse:
    return render(request, "chat/_files.html", {"files": [*map(FileView, rows)], "unsent": True})


def _keys(texts: list[str]) -> list[UUID]:
    """Return the keys among these texts."""
    keys = []
    for text in texts:
        try:
            keys.append(UUID(text))
        except ValueError:
            continue
    return keys
