"""Why a message was not sent."""

from __future__ import annotations


class SendingError(Exception):
    """A target did not take a message. The text has no address and no secret."""
