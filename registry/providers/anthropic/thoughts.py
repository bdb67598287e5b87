"""
How hard a model thinks: from OpenAI's fields, and others', to Anthropic's `thinking`.

Older models take a budget of tokens, newer ones only `adaptive` and an effort. A budget is sent
first; if a model refuses it, the refusal names BUDGET, and `target.omit` has it from then on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.providers import requested
from registry.providers.anthropic.messages import thoughts

if TYPE_CHECKING:
    from registry.providers.wire import Body, Target

BUDGET = "thinking.type.enabled"  # as refusals name it
MIN_BUDGET = 1024  # the API's own
BUDGETS = {"minimal": MIN_BUDGET, "low": 2048, "medium": 8192, "high": 16_384, "xhigh": 20_000,
           "max": 20_000}  # fmt: skip
OFF = ("none", False)
LIMITS = ("max_completion_tokens", "max_tokens", "num_predict", "n_predict")
WISHES = ("reasoning_effort", "reasoning", "thinking_budget", "thinking", "think",
          "enable_thinking")  # fmt: skip
SAME = ("tool", "user")  # a user's message after one of these belongs to its turn
SAMPLERS = ("temperature", "top_p", "top_k")  # the API refuses them beside a budget


def limit(body: Body) -> int | None:
    """Return the caller's limit of tokens; -1 is none, as in LM Studio."""
    limits = (body.get(name) for name in LIMITS)
    return next((value for value in limits if type(value) is int and value > 0), None)


def level(body: Body) -> Any:
    """Return the effort that is asked for: a word of BUDGETS, a budget, `none`, or None.

    Raises PortalError for another word.
    """
    reasoning = body.get("reasoning")
    budgets = (reasoning.get("max_tokens") if isinstance(reasoning, dict) else None,
               body.get("thinking_budget"))  # fmt: skip
    if budget := next((value for value in budgets if type(value) is int and value > 0), None):
        return max(budget, MIN_BUDGET)
    own = body.get("thinking")
    has_own = isinstance(own, dict) and (own.get("type") != "enabled" or "budget_tokens" in own)
    effort = requested.effort({**body, "thinking": None} if has_own else body)
    if effort is None or effort in OFF:
        return effort if effort is None else "none"
    effort = "medium" if effort is True else effort
    if not isinstance(effort, str) or effort not in BUDGETS:
        words = ", ".join(("none", *BUDGETS))
        raise requested.refused(f"reasoning_effort is one of {words}.", "reasoning_effort")
    return effort


def may_think(body: Body) -> bool:
    """May thoughts be added to this request? The API refuses them in these cases.

    A forced tool call, a limit below two of the smallest budgets, and a turn that goes on after
    tool calls without the thoughts before them, as clients of OpenAI's format send it.
    """
    most = limit(body)
    is_forced = requested.tool_choice(body).mode == "required"
    return (
        not (is_forced and body.get("tools"))
        and (most is None or most >= 2 * MIN_BUDGET)
        and not _lost_thoughts(body["messages"])
    )


def _lost_thoughts(messages: list[Body]) -> bool:
    """Does the last turn go on after calls without thoughts?

    What a user says right after results is of the same turn as they.
    """
    rows = [message for message in messages if message["role"] not in ("system", "developer")]
    for number, message in reversed(list(enumerate(rows))):
        if message["role"] == "user" and (not number or rows[number - 1]["role"] not in SAME):
            return False
        if message.get("tool_calls") and not thoughts(message):
            return True
    return False


def dropped(body: Body) -> list[str]:
    """Return the names of fields that are dropped for thoughts, or with them."""
    if level(body) in (None, "none"):
        return []
    if not may_think(body):
        return [name for name in WISHES if body.get(name) is not None]
    return _samplers(body)


def _samplers(body: Body) -> list[str]:
    return [name for name in SAMPLERS if body.get(name) not in (None, 1)]


def fields(target: Target, asked: Body) -> tuple[Body, list[str]]:
    """Return `thinking`, and the effort if it is adaptive; and the samplers to leave out."""
    own, effort = asked.get("thinking"), level(asked)
    if effort is None:
        return ({"thinking": own} if isinstance(own, dict) else {}), []
    if effort == "none":
        return {"thinking": {"type": "disabled"}}, []
    if not may_think(asked):
        return {}, []
    is_adaptive = isinstance(own, dict) and own.get("type") == "adaptive"
    if is_adaptive or BUDGET in target.omit:
        thinking = own if is_adaptive else {"type": "adaptive", "display": "summarized"}
        return {"thinking": thinking, **_effort(effort)}, _samplers(asked)
    budget = effort if isinstance(effort, int) else BUDGETS[effort]
    if (most := limit(asked)) is not None:
        budget = min(budget, most // 2)
    return {"thinking": {"type": "enabled", "budget_tokens": budget}}, _samplers(asked)


def _effort(effort: str | int) -> Body:
    if isinstance(effort, int):
        return {}
    return {"output_config": {"effort": "low" if effort == "minimal" else effort}}
