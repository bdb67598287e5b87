from django.db import migrations, models

from registry.workers.revision_mac import new_mac


def number(apps, editor):
    """Number the revisions that are there, in their order, and vouch for them."""
    rows = apps.get_model("registry", "Revision").objects.order_by("at", "pk")
    for place, row in enumerate(rows.iterator(), 1):
        row.number = place
        row.mac = new_mac(row)
        row.save(update_fields=["number", "mac"])


class Migration(migrations.Migration):
    """A previous version cannot store a revision meanwhile: one of this version does."""

    dependencies = [
        ('registry', '0004_revision'),
    ]

    operations = [
        migrations.AddField('revision', 'number', models.BigIntegerField(null=True)),
        migrations.AddField('revision', 'mac', models.BinaryField(null=True, max_length=32)),
        migrations.RunPython(number, migrations.RunPython.noop),
        migrations.AlterField('revision', 'number', models.BigIntegerField(unique=True)),
        migrations.AlterField('revision', 'mac', models.BinaryField(max_length=32)),
    ]
