"""What a call uses, where its provider does not say: before it ends, or because it was ended."""

from __future__ import annotations

from registry.metering.tokens import Tokens

BYTES = 4  # of a request, for a token
TYPICAL = 500  # tokens of an answer, until some of the model were seen
WEIGHT = 0.1  # of the last answer, in the average of a model's
MAX_MODELS = 1000
# Errors after which a provider may have made an answer, and count it, although none came here.
UNCERTAIN = frozenset({"provider_timeout", "provider_bad_response"})
_typical: dict[str, float] = {}  # tokens of an answer, by the model's ID


def expect(model: str, sent: int, limit: int | None) -> Tokens:
    """Return what a request of `sent` bytes may use; `limit` is the most tokens of its answer."""
    output = round(_typical.get(model, TYPICAL))
    return Tokens(sent // BYTES, min(output, limit) if limit else output)


def learn(model: str, output: int) -> None:
    """Note how long an answer of the model was."""
    if len(_typical) >= MAX_MODELS:
        _typical.clear()
    known = _typical.get(model)
    _typical[model] = output if known is None else known + WEIGHT * (output - known)


def estimate(outcome: str, code: str, sent: int, pieces: int) -> tuple[Tokens, str]:
    """Return what a call used, and why that is an estimate; empty: it used nothing.

    `pieces` of a streamed answer are about as many as tokens. `sent` is below 0 if no request went
    out.
    """
    if sent < 0 or (code and not pieces and code not in UNCERTAIN):
        return Tokens(), ""
    reason = "not_counted" if outcome == "ok" else outcome
    return Tokens(sent // BYTES, pieces), "cut_off" if code else reason
