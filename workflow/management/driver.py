"""The workflow's policies driven without an event loop: for commands and tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from registry.gateway.calls import Explained
from registry.gateway.client import deadlines, stamp
from registry.providers.http.fetch import fetch
from workflow.pipeline.steps import Ask, Do, Progress, Reply, Step
from workflow.service import reply_of

if TYPE_CHECKING:
    from registry.entities import Resolution
    from registry.providers.wire import Request

Tell = Callable[[Progress], None]


def answering(resolution: Resolution, tell: Tell = lambda news: None) -> Callable[[Step], Any]:
    """Return what answers the steps of a policy, with the gate in this process."""
    from queryexpr.gate.engine import run

    def answer(step: Step) -> Any:
        if isinstance(step, Do):
            return run(step.name, step.arguments)
        if isinstance(step, Progress):
            return tell(step)
        return ask(resolution, step)

    return answer


def ask(resolution: Resolution, question: Ask) -> Reply:
    """Return what a model says. Raises PortalError."""
    body: dict[str, Any] = {"temperature": 0}
    if question.stop:
        body["stop"] = list(question.stop)
    with Explained(resolution):
        wire, target = resolution.provider.wire, resolution.target()
        if question.prompt:
            body["prompt"] = question.prompt
            found = wire.read_completion(_fetched(resolution, wire.completion(target, body)))
            return Reply(found.text, found.finish_reason, found.usage)
        body["messages"] = list(question.messages)
        if question.response_format:
            body["response_format"] = question.response_format
        data = _fetched(resolution, wire.chat(target, body))
        return reply_of(wire.read_chat(data, stamp()))


def _fetched(resolution: Resolution, request: Request) -> bytes:
    answer = fetch(request, deadlines(resolution.timeout))
    if answer.status >= 300:
        raise resolution.provider.wire.read_error(answer.status, answer.headers, answer.data)
    return answer.data
