"""
manage.py sql: the workflow's tools on a terminal.

Exit codes: 0 fine; 1 a query is rejected, or cannot be said in the dialect; 2 the call is wrong.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import PortalError
from core.http.hosts import base_url
from queryexpr.dialects.all import DEFAULT, NAMES, find_name
from registry.gateway import calls as complete
from registry.management import portal_client
from registry.state.service import service
from workflow.management.driver import answering
from workflow.pipeline.build import build
from workflow.pipeline.forms import form_of
from workflow.pipeline.steps import Progress, drive_here
from workflow.service import ir_answer, task_of
from workflow.subject import Subject

REJECTED, USAGE = 1, 2
PATIENCE = 600.0  # seconds for an answer: a small machine's model takes its time


class Command(BaseCommand):
    help = "Lifts, compiles, checks and asks for SQL. Queries come on standard input."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        self._command(commands, "lift", "Print the query expression of SQL, as JSON.")
        self._command(commands, "compile", "Print the SQL of a query expression.")
        found = self._command(commands, "check", "Print what the gate says of SQL.", schema=True)
        found.add_argument(
            "--to", default="", help="The dialect to compile to; the same by default."
        )
        self._command(
            commands, "roundtrip",
            "Read one SQL a line; print one JSON a line: {ok, ir, sql, issues}.", schema=True,
        )  # fmt: skip
        found = self._command(commands, "ask", "Ask a model for a query and its SQL.", schema=True)
        found.add_argument("question")
        found.add_argument("--model", default="", help="A model's ID; the default otherwise.")
        found.add_argument(
            "--url", default=base_url(settings.HOST, settings.PORT),
            help="Where the portal listens: it asks, if it alone has the model's key.",
        )  # fmt: skip

    def _command(self, commands: Any, name: str, told: str, *, schema: bool = False) -> Any:
        found = commands.add_parser(name, help=told)
        found.add_argument("--dialect", default=DEFAULT.name, help=f"One of {', '.join(NAMES)}.")
        found.add_argument("--schema", type=Path, required=schema, help="CREATE TABLE statements.")
        return found

    def handle(self, *args: Any, **options: Any) -> None:
        self.dialect = self._dialect(options["dialect"])
        path = options["schema"]
        try:
            self.schema = path.read_text(encoding="utf-8") if path else None
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}", returncode=USAGE) from None
        actions = {"lift": self.lift, "compile": self.compile, "check": self.check_sql,
                   "roundtrip": self.roundtrip, "ask": self.ask}  # fmt: skip
        actions[options["command"]](options)

    def _dialect(self, text: str) -> str:
        name = find_name(text)
        if name is None:
            message = f"{text!r} is not a dialect. Choose one of {', '.join(NAMES)}."
            raise CommandError(message, returncode=USAGE)
        return name

    def lift(self, options: dict[str, Any]) -> None:
        judged = self._judged(sys.stdin.read(), self.dialect)
        self._reject(judged)
        self._json(judged["ir"])

    def compile(self, options: dict[str, Any]) -> None:
        try:
            document = json.load(sys.stdin)
        except ValueError as error:
            raise CommandError(f"That is not JSON: {error}", returncode=USAGE) from None
        judged = self._run("ir", {"ir": document, "target": self.dialect, "schema": self.schema})
        self._reject(judged)
        self.stdout.write(judged["sql"])

    def check_sql(self, options: dict[str, Any]) -> None:
        judged = self._judged(sys.stdin.read(), self._dialect(options["to"] or self.dialect))
        for issue in judged["issues"]:
            self.stdout.write(_line(issue))
        if not judged["valid"]:
            sys.exit(REJECTED)
        self.stdout.write(judged["sql"])

    def roundtrip(self, options: dict[str, Any]) -> None:
        for line in sys.stdin:
            if sql := line.strip():
                judged = self._judged(sql, self.dialect)
                kept = {key: judged.get(key) for key in ("ir", "sql", "issues")}
                self.stdout.write(json.dumps({"ok": judged["valid"], **kept}, ensure_ascii=False))

    def ask(self, options: dict[str, Any]) -> None:
        subject = Subject(self.schema, self.dialect)
        try:
            resolution = complete.choose(service.current, "chat", options["model"], None)
            task = task_of(options["question"], subject, resolution, None, form=form_of(resolution))
            result = drive_here(build(task), answering(resolution, self._tell))
        except PortalError as error:
            if _is_served(error):
                return self._ask_portal(options)
            raise CommandError(error.message, returncode=REJECTED) from None
        answer = ir_answer(result, subject)
        self._answer({"outcome": result.outcome, "model": resolution.id, **answer})

    def _ask_portal(self, options: dict[str, Any]) -> None:
        """Let the running portal ask its embedded model, whose key it made at its start."""
        url = options["url"].rstrip("/")
        body = {"question": options["question"], "schema": self.schema, "dialect": self.dialect,
                "model": options["model"] or None}  # fmt: skip
        self.stderr.write(f"The model's key is with the portal at {url}, which is asked.")
        try:
            status, found = portal_client.call(
                url, "/v1/ir/build", body, portal_client.operator(""), PATIENCE
            )
        except (portal_client.UnreachableError, portal_client.NoOperatorError) as error:
            raise CommandError(f"{error} `make run` starts the embedded model.") from None
        if status != 200:
            message = found.get("error", {}).get("message", f"The portal answered {status}.")
            raise CommandError(message, returncode=REJECTED)
        kept = ("outcome", "ir", "valid", "issues", "explanation", "sql_preview")
        model = (found.get("resolution") or {}).get("id")
        self._answer({"model": model, **{key: found.get(key) for key in kept}})

    def _answer(self, answer: dict[str, Any]) -> None:
        self._json(answer)
        if not answer["valid"]:
            sys.exit(REJECTED)

    def _tell(self, news: Progress) -> None:
        self.stderr.write(f"{news.step}, attempt {news.attempt} of {settings.SQL_REPAIRS + 1}")

    def _judged(self, sql: str, target: str) -> dict[str, Any]:
        arguments = {"sql": sql, "source": self.dialect, "target": target, "schema": self.schema}
        return self._run("sql", arguments)

    def _run(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        from queryexpr.gate.engine import run  # which imports the parser

        answer = run(name, arguments)
        if refused := answer.get("refused"):  # the schema is no schema
            raise CommandError("\n".join(map(_line, refused)), returncode=USAGE)
        return answer

    def _reject(self, judged: dict[str, Any]) -> None:
        if not judged["valid"]:
            raise CommandError("\n".join(map(_line, judged["issues"])), returncode=REJECTED)

    def _json(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, indent=2, ensure_ascii=False))


def _is_served(error: PortalError) -> bool:
    """Is it about the embedded model, whose key only the portal that started it has?"""
    provider = (error.resolution or {}).get("provider", "")
    found = service.current.providers.get(provider)
    return error.code == "provider_unconfigured" and found is not None and found.serves


def _line(issue: dict[str, Any]) -> str:
    """Return an issue as a line: its place, how bad it is, and what to do."""
    place = f"{issue['line']}:{issue['column']}" if "line" in issue else issue.get("pointer", "")
    return f"{place or '-'}  {issue['severity']}: {issue['message']} [{issue['code']}]"
