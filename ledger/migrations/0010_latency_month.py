from django.db import migrations, models
from django.utils import timezone

ALIKE = ("capability", "model", "kind", "bucket")


def fill(apps, editor):
    """Sum the histograms of days by the month."""
    day, month = (apps.get_model("ledger", name) for name in ("Latency", "LatencyMonth"))
    made = {}
    for at, *rest, calls in day.objects.values_list("at", *ALIKE, "calls").iterator():
        key = (timezone.localtime(at).replace(day=1), *rest)
        made[key] = made.get(key, 0) + calls
    month.objects.bulk_create(
        (month(calls=calls, **dict(zip(("at", *ALIKE), key))) for key, calls in made.items()),
        batch_size=500,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0009_rollup'),
    ]

    operations = [
        migrations.CreateModel(
            name='LatencyMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('capability', models.CharField(max_length=40)),
                ('model', models.CharField(max_length=250)),
                ('kind', models.CharField(max_length=40)),
                ('bucket', models.IntegerField()),
                ('calls', models.BigIntegerField()),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('at', 'capability', 'model', 'kind', 'bucket'), name='ledger_latencymonth_once')],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
