"""
What readers should know of how a file was read: stored in English, shown in their language.

The processes that read files import it, so it does not import Django.
"""

from __future__ import annotations

from core.text import gettext_noop as _

GUESSED = _("Its encoding was guessed: Latin‑1. Check letters with accents.")
PICTURES = _("Pictures in it are not read.")
PAGES = _("{without} of its {pages} pages have no text that can be read.")
