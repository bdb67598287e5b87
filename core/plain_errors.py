"""
Errors in plain words, for people who use the portal: one row for each code of `core.errors`.

The message of an error names what failed, for programs and operators. Pages show the sentence of
this table, and the message under "Details".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

if TYPE_CHECKING:
    from core.errors import PortalError


class Words(NamedTuple):
    """What a page says about an error, and which remedies it offers.

    `{model}` in the sentence is the model's title. An empty sentence: the portal's own message is
    for people. `again`: the same question may succeed later. `elsewhere`: another model may answer
    it. `report`: only an operator can repair it.
    """

    sentence: str
    again: bool = False
    elsewhere: bool = False
    report: bool = False

    def of(self, model: str, message: str) -> str:
        """Return the sentence about `model`, in the active language, or the error's `message`."""
        return gettext(self.sentence).format(model=model) if self.sentence else message


OWN_MESSAGE = Words("", again=True)  # of a code that the table does not know
LONGER = "context_length_exceeded"  # only a model with a larger context may answer

PLAIN: dict[str, Words] = {
    # what the question is
    "invalid_request": Words(""),
    "provider_rejected": Words(_("{model} does not accept this question."), elsewhere=True),
    LONGER: Words(_("This is too long for {model}. Shorten it, or start again."), elsewhere=True),
    "content_filter": Words(_("{model} refuses this text. Word it differently."), elsewhere=True),
    "payload_too_large": Words(""),
    "unsupported_media_type": Words(""),
    # who asks, and for what
    "unauthenticated": Words(_("You are signed out. Sign in again.")),
    "permission_denied": Words("", elsewhere=True),
    "address_not_allowed": Words(""),
    "not_found": Words(_("This is gone: it was deleted meanwhile.")),
    "model_not_found": Words(_("{model} is no longer offered here."), elsewhere=True),
    "provider_not_found": Words(_("{model} is no longer offered here."), elsewhere=True),
    "capability_not_supported": Words(_("{model} cannot do this."), elsewhere=True),
    "no_default": Words(_("No model is chosen. Choose one."), elsewhere=True),
    "method_not_allowed": Words(""),
    "model_deprecated": Words(""),
    "precondition_failed": Words(""),
    "models_file_invalid": Words("", report=True),
    # what passes by itself
    "busy": Words("", again=True),
    "rate_limited": Words(_("You have asked a lot in a short time. Wait a little."), again=True),
    "budget_exceeded": Words("", elsewhere=True),
    "reader_stalled": Words(_("The connection was too slow for this answer."), again=True),
    "server_restarting": Words(_("The portal restarted meanwhile."), again=True),
    "overloaded": Words(_("Too much is asked at the moment."), again=True, elsewhere=True),
    "store_unavailable": Words(_("A part of the portal does not answer."), again=True, report=True),
    "model_loading": Words(_("{model} is still starting."), again=True, elsewhere=True),
    "provider_rate_limited": Words(
        _("{model} is asked too often at the moment."), again=True, elsewhere=True
    ),
    "provider_timeout": Words(_("{model} took too long."), again=True, elsewhere=True),
    "provider_error": Words(_("{model} is not working at the moment."), again=True, elsewhere=True),
    "provider_bad_response": Words(_("{model} broke off."), again=True, elsewhere=True),
    "provider_unreachable": Words(_("{model} does not answer."), again=True, elsewhere=True),
    # what an operator has to repair
    "internal_error": Words(_("The portal made a mistake."), again=True, report=True),
    "loop_detected": Words(_("{model} is set up wrongly."), elsewhere=True, report=True),
    "provider_auth_failed": Words(_("{model} is set up wrongly."), elsewhere=True, report=True),
    "provider_model_missing": Words(
        _("{model} is not there at the moment."), elsewhere=True, report=True
    ),
    "provider_quota_exhausted": Words(
        _("{model} is used up for now."), elsewhere=True, report=True
    ),
    "provider_unconfigured": Words(_("{model} is not set up yet."), elsewhere=True, report=True),
}


def words_for(code: str) -> Words:
    """Return the words for an error's code."""
    return PLAIN.get(code, OWN_MESSAGE)


def message_of(error: PortalError) -> str:
    """Return the message of an error in the active language, as far as it is translated."""
    if error.message != " ".join(map(str, error.sentences)):
        return error.message  # it was changed: what providers say has no keys or addresses
    return " ".join(sentence.shown(gettext) for sentence in error.sentences)


def in_plain_words(error: PortalError, model: str = "") -> dict[str, Any]:
    """Return what a page's script shows of `error`; `model` is the title of the model, if any."""
    words = words_for(error.code)
    return {
        "sentence": words.of(model or gettext("The model"), message_of(error)),
        "elsewhere": words.elsewhere,
        "longer": error.code == LONGER,
    }
