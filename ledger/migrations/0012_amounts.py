from django.db import migrations

from ledger.money import Amount

TABLES = ("Hour", "Day", "Total", "Rollup", "PersonRollup", "Month")


def widen(apps, editor):
    """Give Postgres more digits. SQLite's columns take any number as they are."""
    if editor.connection.vendor != "postgresql":
        return
    for name in TABLES:
        table = editor.quote_name(f"ledger_{name.lower()}")
        editor.execute(f"ALTER TABLE {table} ALTER COLUMN cost TYPE numeric(40, 0)")  # noqa: S608


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0011_person_rollup'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(widen, migrations.RunPython.noop)],
            state_operations=[
                migrations.AlterField(name.lower(), 'cost', Amount()) for name in TABLES
            ],
        ),
    ]
