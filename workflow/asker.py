"""Answers the steps of a policy: by a model, by a database, in the gate's process, or a report."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from core.errors import PortalError
from queryexpr.gate.operations import Judgement, Operation
from queryexpr.issues import Issue
from registry.gateway import calls
from registry.providers.openai.values import text_of
from workflow.pipeline.steps import NEAR, Ask, Look, Progress, Reply, Try
from workflow.pipeline.write import ModelFailed
from workflow.sandbox import sandbox

if TYPE_CHECKING:
    from core.http.call import Call
    from registry.entities import Resolution
    from workflow.pipeline.steps import Step

Report = Callable[[Progress], Awaitable[None]]
Database = Callable[[Judgement], Awaitable[str]]  # its refusal of a query, or ""
Near = Callable[[Judgement], Awaitable[tuple[Issue, ...]]]  # what rows have in place of its texts
ADDED = ("temperature", "stop")  # left out if the model refuses them


class Asker:
    """Answers the steps of a policy. `forgiving`: a policy may continue without the model.

    `database` judges valid queries, where the caller may run them; `near` looks for their texts in
    rows, and only local models learn what it finds.
    """

    def __init__(
        self,
        resolution: Resolution | None,
        call: Call,
        report: Report | None,
        *,
        forgiving: bool = False,
        database: Database | None = None,
        near: Near | None = None,
    ) -> None:
        self._resolution = resolution
        self._call = call
        self._report = report
        self._forgiving = forgiving
        self._database = database
        self._near = near
        self.replies = 0

    @property
    def chosen(self) -> Resolution:
        assert self._resolution is not None, "without a model no policy asks one"
        return self._resolution

    async def answer(self, step: Step) -> Any:
        """Return the result of a step. Raises Refused, PortalError, ModelFailed."""
        if isinstance(step, Operation):
            return await sandbox.run(step)
        if isinstance(step, Progress):
            return await self._report(step) if self._report else None
        if isinstance(step, Try):
            return await self._database(step.judgement) if self._database else ""
        if isinstance(step, Look):
            return await self._look(step.judgement)
        try:
            reply = await self._ask(step)
        except PortalError as error:
            if self._forgiving:
                raise ModelFailed(error.message) from None
            raise
        self.replies += 1
        return reply

    async def _look(self, judgement: Judgement) -> tuple[Issue, ...]:
        if self._near is None or not self.chosen.provider.local:
            return ()
        return tuple(issue for issue in await self._near(judgement) if issue.code == NEAR)

    async def _ask(self, ask: Ask) -> Reply:
        body: dict[str, Any] = {"temperature": 0}
        if ask.stop:
            body["stop"] = list(ask.stop)
        if ask.prompt:
            body["prompt"] = ask.prompt
            completion = await calls.complete(self.chosen, body, self._call, ADDED)
            return Reply(completion.text, completion.finish_reason, completion.usage)
        if ask.response_format:
            body["response_format"] = ask.response_format
        body["messages"] = list(ask.messages)
        return _reply(await calls.chat(self.chosen, body, self._call, ADDED))


def _reply(answer: dict[str, Any]) -> Reply:
    """Return the reply in an OpenAI `chat.completion`."""
    choice = (answer.get("choices") or [{}])[0]
    content = (choice.get("message") or {}).get("content")
    text = text_of(content)
    return Reply(text, choice.get("finish_reason"), answer.get("usage"))
