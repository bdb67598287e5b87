"""
The page of what all people used, for those with the permission `ledger.see_usage`.

Those without `accounts.see_people` get sums of cells only: see `ledger.everyone.cells`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.http.decorators import page, user_of
from ledger.everyone.cells import MIN_PEOPLE, MIXED
from ledger.everyone.export import to_csv
from ledger.everyone.finance import SEE, SEE_PEOPLE
from ledger.everyone.parquet import is_available, to_parquet
from ledger.everyone.query import PEOPLE_BY, SUMS_BY, Query
from ledger.everyone.reading import query_of
from ledger.everyone.report import report
from ledger.everyone.speed import PERCENTS, speeds
from ledger.everyone.strip import strips
from ledger.sums import Month
from ledger.usage.chart import bars
from ledger.views import costs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from django.http import HttpRequest

    from ledger.everyone.report import Report
    from ledger.usage.figures import Figures

MAX_ROWS = 50  # the CSV has all
MAX_CHOICES = 200  # of a filter, those with the most calls; the address may have any


@require_safe
@page
@permission_required(SEE, raise_exception=True)
def usage(request: HttpRequest) -> HttpResponse:
    """Show sums of what all people used, by time and by what the reader chooses."""
    made = report(_query(request), MAX_ROWS)
    return render(request, "ledger/usage_all.html", _context(made))


@require_safe
@page
@permission_required(SEE, raise_exception=True)
def usage_csv(request: HttpRequest) -> HttpResponse:
    """Send the page's table."""
    query = _query(request)
    return _file(to_csv(report(query)), "usage", query)


@require_safe
@page
@permission_required(SEE, raise_exception=True)
def usage_parquet(request: HttpRequest) -> HttpResponse:
    """Send the page's table with types."""
    if not is_available():
        raise Http404
    query = _query(request)
    content = to_parquet(report(query))
    return _file(content, "usage", query, "parquet", "application/vnd.apache.parquet")


def _query(request: HttpRequest) -> Query:
    return query_of(request.GET, sees_people=user_of(request).has_perm(SEE_PEOPLE))


def _file(
    content: str | bytes, name: str, query: Query, end: str = "csv",
    kind: str = "text/csv; charset=utf-8",
) -> HttpResponse:  # fmt: skip
    first, last = query.period
    name = f"{name}-{first:%Y-%m-%d}-{last:%Y-%m-%d}.{end}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


def _context(made: Report) -> dict[str, object]:
    query, names = made.query, list(made.names.items())
    times = sorted(made.times.items())
    return {
        "query": query, "period": query.period, "whole": made.whole, "before": made.before,
        "cost": costs(made.whole),
        "tiles": list(_tiles(made)), "title": (SUMS_BY | PEOPLE_BY)[query.by],
        "rows": [(_label(name), one, costs(one)) for name, one in names[:MAX_ROWS]],
        "more": max(len(names) - MAX_ROWS, 0) + made.others, "codes": made.codes, "min": MIN_PEOPLE,
        "by_month": made.by_month, "times": [(day, one, costs(one)) for day, one in times],
        "bars": bars(_tokens(made)), "choices": list(_choices(made)),
        "strips": [(_label(name), squares) for name, squares in strips(made)],
        "speeds": speeds(query)[:MAX_ROWS], "percents": PERCENTS, "parquet": is_available(),
        "months": Month.objects.order_by("-month").values_list("month", flat=True).distinct()
        if query.whole_months else [],
    }  # fmt: skip


def _tokens(made: Report) -> dict[date, int]:
    return {day: made.times[day].tokens if day in made.times else 0 for day in made.days}


def _label(name: str) -> str:
    return {MIXED: _("Others, together"), "": _("None")}.get(name, name)


def _choices(made: Report) -> Iterator[tuple[str, object, list[tuple[str, str]], str]]:
    """Yield each filter: its name, title, options with their labels, and the chosen one."""
    for name, title in made.query.kinds.items():
        chosen = made.query.filters.get(name, "")
        most = made.choices[name].most_common(MAX_CHOICES) if name in made.choices else []
        if options := ({name_of for name_of, _calls in most} | {chosen}) - {""}:
            yield name, title, [(one, _label(one)) for one in sorted(options)], chosen


def _tiles(made: Report) -> Iterator[tuple[str, int, str]]:
    """Yield a title, a count and how it changed since the time before, as +12 %."""
    for title, name in ((_("Answers"), "calls"), (_("Not complete"), "failed"),
                        (_("Tokens in"), "input"), (_("Tokens out"), "output")):  # fmt: skip
        yield title, getattr(made.whole, name), _change(made.whole, made.before, name)


def _change(whole: Figures, before: Figures, name: str) -> str:
    earlier = getattr(before, name)
    return f"{round(100 * (getattr(whole, name) - earlier) / earlier):+d} %" if earlier else ""
