from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.validators import MaxLengthValidator

from accounts.sign_in.backends import MAX_PASSWORD
from accounts.sign_in.throttle import MAX_NAME


class SignInForm(AuthenticationForm):
    """Name and password. Django's form limits the lengths in the browser only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, limit in (("username", MAX_NAME), ("password", MAX_PASSWORD)):
            self.fields[name].validators.append(MaxLengthValidator(limit))
