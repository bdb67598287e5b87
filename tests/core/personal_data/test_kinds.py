from __future__ import annotations

import os
import subprocess
import sys

from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Model

from core.personal_data import personal_data
from tests.project.pages import text_of
from tests.support.paths import ROOT

WORDS = {"username", "user", "who", "email", "address", "ip_address", "user_agent"}


def stored() -> list[type[Model]]:
    """Return all models that have a table."""
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def personal() -> set[str]:
    kinds = personal_data.kinds.values()
    return {model._meta.label for kind in kinds for model in (kind.model, *kind.parts)}


def test_every_model_is_of_a_kind_or_is_listed_as_impersonal() -> None:
    """If this fails: register the model in its app's personal_data.py."""
    labels = {model._meta.label for model in stored()}
    assert labels - personal() - set(personal_data.impersonal) == set()


def test_no_model_is_listed_that_is_gone() -> None:
    labels = {model._meta.label for model in stored()}
    assert set(personal_data.impersonal) - labels == set()


def test_no_model_is_listed_as_both() -> None:
    assert personal() & set(personal_data.impersonal) == set()


def test_no_impersonal_model_refers_to_a_person() -> None:
    people = personal() | {User._meta.label}
    for model in stored():
        if model._meta.label in personal_data.impersonal:
            fields = model._meta.concrete_fields
            related = {f.related_model._meta.label for f in fields if isinstance(f.related_model, type)}  # fmt: skip
            assert related & people == set(), model
            assert {field.name for field in fields} & WORDS == set(), model


def test_every_kind_is_in_people_with_what_stays() -> None:
    page = text_of("people")
    for kind in personal_data.kinds.values():
        assert f"| `{kind.name}` |" in page
        assert not kind.expiry or kind.expiry.setting in page
    missing = [kind.name for kind in personal_data.kinds.values()
               if " ".join(kind.stays.split()) not in " ".join(page.split())]  # fmt: skip
    assert missing == []


OPTIONAL = """
import django; django.setup()
from tests.core.personal_data import test_kinds as tests
tests.test_every_model_is_of_a_kind_or_is_listed_as_impersonal()
tests.test_no_impersonal_model_refers_to_a_person()
"""


def test_the_models_of_single_sign_on_and_second_factors_are_registered_too() -> None:
    more = {"OIDC_ISSUER": "https://id.example", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}
    environ = {**os.environ, **more, "SECOND_FACTOR": "on", "SECRET_KEY": "x"}
    environ["DJANGO_SETTINGS_MODULE"] = "aimodels.settings"
    command = [sys.executable, "-c", OPTIONAL]
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
