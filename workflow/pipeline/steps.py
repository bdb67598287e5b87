"""
A policy, written once: a generator that yields what it needs, and is sent what came of it.

    built = yield Do("ir", {…})            an operation of `gate.engine`
    reply = yield Ask("chat", messages, …)  a question to a model

`drive` does it in the portal, without a thread. `drive_here` does it in this process, for commands
and tests. A step that fails is thrown into the generator.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")
Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Do:
    """An operation of `gate.engine`. It is answered with what that returns."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to the model that was resolved: a chat, or with `prompt` a raw completion."""

    messages: tuple[Message, ...] = ()
    prompt: str = ""
    response_format: dict[str, Any] | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said. `usage` is OpenAI's, or None."""

    text: str
    finish_reason: str | None = None
    usage: dict[str, Any] | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Progress:
    """News for whoever waits: which step, and which attempt. It is answered with None."""

    step: str
    attempt: int = 1


Step = Do | Ask | Progress
Policy = Generator[Step, Any, T]
Answering = Callable[[Step], Awaitable[Any]]


async def drive(policy: Policy[T], answer: Answering) -> T:
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


def drive_here(policy: Policy[T], answer: Callable[[Step], Any]) -> T:
    """Return what `policy` returns, without an event loop."""
    try:
        step = next(policy)
        while True:
            try:
                result = answer(step)
            except Exception as error:
                step = policy.throw(error)
            else:
                step = policy.send(result)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    finally:
        policy.close()
