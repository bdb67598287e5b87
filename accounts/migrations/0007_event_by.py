import re

from django.db import migrations, models

MAX_DETAIL = 200
USERNAME = re.compile(r"[\w.@+-]+")


def split(detail):
    """Return the detail without who did it, and that name, if it is there and not cut."""
    rest, separator, name = f", {detail}".rpartition(", by ")
    if not separator or not USERNAME.fullmatch(name):  # "by a command"
        return detail, ""
    return rest.removeprefix(", "), "" if len(detail) == MAX_DETAIL else name


def fill_by(apps, schema_editor):
    events = apps.get_model("accounts", "Event").objects
    for event in events.filter(detail__contains="by ").iterator():
        event.detail, event.by = split(event.detail)
        event.save(update_fields=["detail", "by"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_token_limits")]
    operations = [
        migrations.AddField(
            model_name="event",
            name="by",
            field=models.CharField(blank=True, db_default="", max_length=150),
        ),
        migrations.RunPython(fill_by, migrations.RunPython.noop),
    ]
