"""What this app stores about people."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from core.personal_data import Kind, personal_data
from sharing.models import Share

SHARES = Kind(
    name="shares",
    title=gettext_noop("What I share with colleagues: copies of conversations and questions"),
    model=Share,
    parts=(Share.groups.through,),
    of=Share.of,
    own=True,
    expiry=Share.expiry,
)

personal_data.register(SHARES)
