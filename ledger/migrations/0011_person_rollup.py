from datetime import timedelta

from django.db import connection, migrations, models
from django.db.models import Max, Min
from django.utils import timezone

PERSON = ("person", "token")
REST = ("groups", "capability", "provider", "model", "outcome", "code", "currency")
SUMS = ("calls", "estimated", "unpriced", "input", "cached", "output", "reasoning", "images",
        "cost", "took")  # fmt: skip


def fill(apps, editor):
    """Sum the days of each person and token, and these, and all that is alike, by the month."""
    for begin, end in months(apps.get_model("ledger", "Day")):
        span = [*map(connection.ops.adapt_datetimefield_value, (begin, end))]
        sum_days("day", "at", [], PERSON, span)
        sum_days("month", "%s", span[:1], PERSON, span)
        sum_days("month all", "%s", span[:1], PERSON + REST, span)


def months(day):
    """Yield the begin and the end of each month, in the portal's time zone."""
    found = day.objects.aggregate(first=Min("at"), last=Max("at"))
    if not found["first"]:
        return
    begin = timezone.localtime(found["first"]).replace(day=1, tzinfo=None)
    while timezone.make_aware(begin) <= found["last"]:
        end = (begin + timedelta(days=32)).replace(day=1)
        yield timezone.make_aware(begin), timezone.make_aware(end)
        begin = end


def sum_days(kind, at, begin, kept, span):
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, ("kind", "at", *PERSON, *REST, *SUMS)))
    values = ", ".join([quote(name) if name in kept else "''" for name in PERSON + REST])
    sums = ", ".join(f"sum({quote(name)})" for name in SUMS)
    alike = ", ".join(map(quote, kept if begin else ("at", *kept)))
    if begin and connection.vendor == "postgresql":
        at = "%s::timestamptz"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO ledger_personrollup ({columns})"
            f" SELECT %s, {at}, {values}, {sums} FROM ledger_day"
            f" WHERE at >= %s AND at < %s GROUP BY {alike}",
            [kind, *begin, *span],
        )


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0010_latency_month'),
    ]

    operations = [
        migrations.CreateModel(
            name='PersonRollup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('groups', models.CharField(blank=True, max_length=1000)),
                ('capability', models.CharField(max_length=40)),
                ('provider', models.CharField(max_length=40)),
                ('model', models.CharField(max_length=250)),
                ('outcome', models.CharField(max_length=40)),
                ('code', models.CharField(blank=True, max_length=40)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('calls', models.BigIntegerField()),
                ('estimated', models.BigIntegerField()),
                ('unpriced', models.BigIntegerField()),
                ('input', models.BigIntegerField()),
                ('cached', models.BigIntegerField()),
                ('output', models.BigIntegerField()),
                ('reasoning', models.BigIntegerField()),
                ('images', models.BigIntegerField()),
                ('cost', models.BigIntegerField()),
                ('took', models.BigIntegerField()),
                ('person', models.IntegerField(default=0)),
                ('token', models.CharField(blank=True, max_length=40)),
                ('kind', models.CharField(max_length=40)),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'kind', 'at'], name='ledger_pers_person_25e549_idx'), models.Index(fields=['kind', 'at', 'person', 'token', 'calls'], name='ledger_pers_kind_5d6e70_idx')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'at', 'person', 'token', 'groups', 'capability', 'provider', 'model', 'outcome', 'code', 'currency'), name='ledger_personrollup_once')],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
