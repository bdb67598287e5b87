"""A name may pass from one person to another: an export has the rows of one of them only."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, Event
from core.personal_data.archive import archive
from core.personal_data.erasure import erase
from registry.models import Change
from workflow.models import Run

pytestmark = pytest.mark.django_db
SECRET = "SELECT salary"


def leave_rows(user: User) -> None:
    """Let `user` have done things an hour ago, and someone with them."""
    name = user.get_username()
    Run.objects.create(who=user, username=name, source="shop", sql=SECRET)
    Change.objects.create(who=user, username=name, capability="chat", reason=SECRET)
    ApiToken.make(user, SECRET)
    LogEntry.objects.create(
        user=User.objects.create_superuser(f"root of {name}"),
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk), object_repr=name, action_flag=2, change_message=SECRET,
    )  # fmt: skip
    User.objects.filter(pk=user.pk).update(date_joined=timezone.now() - timedelta(hours=2))
    earlier = timezone.now() - timedelta(hours=1)
    Event.objects.update(at=earlier, last=earlier)
    user.refresh_from_db()


@pytest.fixture
def first() -> User:
    first = User.objects.create_user("ann")
    leave_rows(first)
    return first


def texts(user: User) -> str:
    """Return all that the archive of `user` holds."""
    with zipfile.ZipFile(io.BytesIO(b"".join(archive(user)))) as file:
        return "".join(file.read(name).decode() for name in file.namelist())


def test_the_export_has_ones_own_rows(first: User) -> None:
    assert texts(User.objects.get(username="ann")).count(SECRET) == 5


def test_the_next_with_a_deleted_name_exports_nothing_of_the_first(first: User) -> None:
    first.delete()
    assert SECRET not in texts(User.objects.create_user("ann"))


def test_the_next_with_a_former_name_exports_nothing_of_the_first(first: User) -> None:
    first.username = "anna"
    first.save()
    assert SECRET not in texts(User.objects.create_user("ann"))
    assert texts(User.objects.get(username="anna")).count(SECRET) == 5


def test_the_next_with_a_former_name_erases_nothing_of_the_first(first: User) -> None:
    first.username = "anna"
    first.save()
    erase(User.objects.create_user("ann"))
    assert texts(User.objects.get(username="anna")).count(SECRET) == 5
    assert not Run.objects.filter(username__startswith="erased").exists()


def test_someone_with_a_new_name_is_erased_with_the_old_one(first: User) -> None:
    first.username = "zoe"
    first.save()
    erase(first)
    for rows in (Run.objects, Change.objects, Event.objects):
        assert "ann" not in str(rows.values_list("username", flat=True))
    (entry,) = LogEntry.objects.all()
    assert entry.object_repr.startswith("erased-")
    assert not Event.objects.filter(detail__contains=SECRET).exists()


def test_an_erasure_takes_a_namesake_whose_account_is_gone(first: User) -> None:
    """No one else could ask for it any more."""
    first.delete()
    erase(User.objects.create_user("ann"))
    assert not Run.objects.filter(username="ann").exists()
    assert not Event.objects.filter(username="ann").exists()


def test_an_erasure_leaves_what_was_done_to_someone_who_had_the_name(first: User) -> None:
    first.username = "anna"
    first.save()
    erase(User.objects.create_user("ann"))
    assert [entry.object_repr for entry in LogEntry.objects.all()] == ["ann"]


def test_a_token_that_an_admin_deleted_is_erased_with_its_person(client: Client) -> None:
    ann = User.objects.create_user("ann")
    root = User.objects.create_superuser("root")
    client.force_login(root)
    ApiToken.make(ann, "marzipan")
    token = ApiToken.objects.get()
    client.post(f"/admin/accounts/apitoken/{token.pk}/delete/", {"post": "yes"})
    (entry,) = LogEntry.objects.all()
    assert "marzipan" in entry.get_change_message()
    assert "marzipan" in texts(ann)
    erase(ann)
    (entry,) = LogEntry.objects.all()
    assert "marzipan" not in str(vars(entry))
    assert entry.object_repr.startswith("erased-")
