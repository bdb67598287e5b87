import secrets

from django.db import migrations

from ledger.seal import keys
from ledger.seal.encoding import Place, leaf_of, mac_of, who_of

BATCH = 1000


def link(apps, editor):
    """Begin the chain with the rows that are there: a row without a link was added by someone."""
    call, link, salt = (apps.get_model("ledger", name) for name in ("Call", "Link", "Salt"))
    salts = {
        person: secrets.token_bytes(32)
        for person in call.objects.values_list("person", flat=True).order_by().distinct()
    }
    salt.objects.bulk_create(salt(person=person, salt=value) for person, value in salts.items())
    key, place, links = keys.current(), Place(), []
    for row in call.objects.order_by("at", "pk").iterator(BATCH):
        who = who_of(salts[row.person], row)
        leaf = leaf_of(key, row, who, version=1)
        place = Place(place.number + 1, mac_of(key, place, row.pk, row.at, leaf))
        links.append(
            link(place=place.number, call=row, at=row.at, who=who, leaf=leaf, mac=place.mac)
        )
        if len(links) == BATCH:
            link.objects.bulk_create(links)
            links.clear()
    link.objects.bulk_create(links)


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0003_chain'),
    ]

    operations = [migrations.RunPython(link, migrations.RunPython.noop)]
