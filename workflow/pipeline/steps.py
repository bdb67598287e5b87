"""
A policy is written once: a generator that yields what it needs, and is sent the result.

    judgement: Judgement = yield check_ir(…)   an operation of the gate
    reply: Reply = yield Ask(messages, …)      a question to a model
    refusal: str = yield Try(judgement)        a question to the database
    near: Issues = yield Look(judgement)       a look for the query's texts in rows

`drive` answers the steps. A step that fails is raised inside the generator.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

from queryexpr.gate.operations import Document, Judgement, Operation

T = TypeVar("T")
Message = dict[str, str]
NEAR = "near_value"  # the code of what a model that sees values can repair


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to the model that was resolved: a chat, or with `prompt` a raw completion."""

    messages: tuple[Message, ...] = ()
    prompt: str = ""
    response_format: Document | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """The text of a model's answer. `usage` is OpenAI's, or None."""

    text: str
    finish_reason: str | None = None
    usage: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """A valid query that the database may judge. The result is its refusal in words, or ""."""

    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Look:
    """A valid query whose texts are looked for in rows.

    The result is the issues that name near values, if the model may see these; else ().
    """

    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Progress:
    """Which step begins, and of which attempt: a caller may show it. Its result is None."""

    step: str
    attempt: int = 1


Step = Operation[Any] | Ask | Try | Look | Progress
Policy = Generator[Step, Any, T]


async def drive(policy: Policy[T], answer: Callable[[Step], Awaitable[Any]]) -> T:
    """Return what `policy` returns, its steps answered by `answer`."""
    try:
        step = next(policy)
        while True:
            try:
                result = await answer(step)
            except Exception as error:
                step = policy.throw(error)
            else:
                step = policy.send(result)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    finally:
        policy.close()
