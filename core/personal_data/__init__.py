"""
What the portal stores about people: each app registers its kinds, and none imports another's.

    personal_data.register(Kind(name="conversations", model=Conversation, …))

From the kinds follow the archive of a person's data (`archive`), its erasure (`erasure`), and what
is deleted after some days (`retention`). A test checks that every model of Django is a part of a
kind, or is listed with the reason why it is not about people.
"""

from __future__ import annotations

from core.personal_data.kinds import Expiry, Kind, personal_data

__all__ = ["Expiry", "Kind", "personal_data"]
