"""The accounts of those who made the calls."""

from __future__ import annotations

from django.contrib.auth.models import Permission, User
from django.test import Client

from scripts.big_ledger.calls import PEOPLE

BOSS, AUDITOR = "boss", "auditor"  # all figures; cells only


def accounts() -> list[int]:
    """Make accounts. Return the numbers of those who make calls, the first makes the most."""
    boss = User.objects.create_superuser(BOSS)
    auditor = User.objects.create_user(AUDITOR)
    auditor.user_permissions.add(Permission.objects.get(codename="see_usage"))
    User.objects.bulk_create(User(username=f"person-{number:04}") for number in range(PEOPLE))
    made = User.objects.filter(username__startswith="person-").order_by("username")
    for user in (boss, auditor, made[0], made[1000]):
        client = Client()
        client.force_login(user)
        print(f"session of {user.username}: {client.session.session_key}", flush=True)
    return list(made.values_list("pk", flat=True))
