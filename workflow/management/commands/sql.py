"""
manage.py sql: the workflow's tools on a terminal.

Exit codes: 0 fine; 1 a query is rejected, or the dialect cannot express it; 2 the call is wrong.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from queryexpr.dialects.all import DEFAULT, NAMES, find_name
from queryexpr.gate.operations import (
    Judgement,
    Operation,
    as_json,
    check_ir,
    check_sql,
    read_schema,
)
from queryexpr.issues import Issue, Refused
from workflow.management import asking, comparison, confirmed, evaluation, meanings

REJECTED, USAGE = 1, 2


class Command(BaseCommand):
    help = "Lifts, compiles, checks and asks for SQL. Queries come on standard input."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        self._command(commands, "lift", "Print the query expression of SQL, as JSON.")
        self._command(commands, "compile", "Print the SQL of a query expression.")
        check = self._command(commands, "check", "Print the gate's judgement of SQL.", schema=True)
        check.add_argument(
            "--to", default="", help="The dialect to compile to; the same by default."
        )
        self._command(
            commands,
            "roundtrip",
            "Read one SQL a line; print one JSON a line: {ok, ir, sql, issues}.",
            schema=True,
        )
        comparison.add_arguments(
            self._command(
                commands,
                "compare",
                "Look for a small world on which two queries differ.",
                schema=True,
            )
        )
        evaluation.add_arguments(
            commands.add_parser("eval", help="Ask a model 40 questions, and count right answers.")
        )
        meanings.add_arguments(
            commands.add_parser("meanings", help="Check or suggest a file of meanings.")
        )
        confirmed.add_arguments(
            commands.add_parser("confirmed", help="List, add or withdraw confirmed questions.")
        )
        asking.add_arguments(self._command(commands, "ask", "Ask a model for a query and its SQL."))

    def _command(self, commands: Any, name: str, text: str, *, schema: bool = False) -> Any:
        command = commands.add_parser(name, help=text)
        command.add_argument("--dialect", default=DEFAULT.name, help=f"One of {', '.join(NAMES)}.")
        command.add_argument(
            "--schema", type=Path, required=schema, help="CREATE TABLE statements."
        )
        return command

    def handle(self, *args: Any, **options: Any) -> None:
        if options["command"] == "eval":
            return evaluation.run(options, self.stdout.write, self.stderr.write)
        if options["command"] == "meanings":
            return meanings.run(options, self.stdout.write, self.stderr.write)
        if options["command"] == "confirmed":
            return confirmed.run(options, self.stdout.write)
        self.dialect = self._dialect(options["dialect"])
        path = options["schema"]
        try:
            self.schema = path.read_text(encoding="utf-8") if path else None
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}", returncode=USAGE) from None
        actions = {
            "lift": self.lift, "compile": self.compile, "check": self.check_sql,
            "compare": self.compare, "roundtrip": self.roundtrip, "ask": self.ask,
        }  # fmt: skip
        actions[options["command"]](options)

    def _dialect(self, text: str) -> str:
        name = find_name(text)
        if name is None:
            message = f"{text!r} is not a dialect. Choose one of {', '.join(NAMES)}."
            raise CommandError(message, returncode=USAGE)
        return name

    def lift(self, options: dict[str, Any]) -> None:
        judgement = self._judge_sql(sys.stdin.read(), self.dialect)
        self._check_valid(judgement)
        self._print_json(judgement.ir)

    def compile(self, options: dict[str, Any]) -> None:
        try:
            document = json.load(sys.stdin)
        except ValueError as error:
            raise CommandError(f"That is not JSON: {error}", returncode=USAGE) from None
        judgement = self._judge(check_ir(document, self.dialect, self.schema))
        self._check_valid(judgement)
        self.stdout.write(judgement.sql or "")

    def check_sql(self, options: dict[str, Any]) -> None:
        target = self._dialect(options["to"] or self.dialect)
        judgement = self._judge_sql(sys.stdin.read(), target)
        for issue in judgement.issues:
            self.stdout.write(_line(issue))
        if not judgement.valid:
            sys.exit(REJECTED)
        self.stdout.write(judgement.sql or "")

    def compare(self, options: dict[str, Any]) -> None:
        comparison.run(self._valid_sql, options, self.dialect, self.schema or "", self.stdout.write)

    def _valid_sql(self, sql: str) -> Judgement:
        judgement = self._judge_sql(sql, self.dialect)
        self._check_valid(judgement)
        return judgement

    def roundtrip(self, options: dict[str, Any]) -> None:
        rejected = False
        for sql in filter(None, map(str.strip, sys.stdin)):
            judged = self._judge_sql(sql, self.dialect)
            printed = {"ok": judged.valid, "ir": judged.ir, "sql": judged.sql,
                       "issues": as_json(judged.issues)}  # fmt: skip
            self.stdout.write(json.dumps(printed, ensure_ascii=False))
            rejected = rejected or not judged.valid
        if rejected:
            sys.exit(REJECTED)

    def ask(self, options: dict[str, Any]) -> None:
        asking.run(options, self.dialect, self.schema, self.stdout.write, self.stderr.write)

    def _judge_sql(self, sql: str, target: str) -> Judgement:
        return self._judge(check_sql(sql, self.dialect, target, self.schema))

    def _judge(self, operation: Operation[Judgement]) -> Judgement:
        from queryexpr.gate.engine import answer  # which imports the parser

        try:
            if self.schema is not None:
                answer(read_schema(self.schema, self.dialect))
        except Refused as refused:
            raise CommandError("\n".join(map(_line, refused.issues)), returncode=USAGE) from None
        return answer(operation)

    def _check_valid(self, judgement: Judgement) -> None:
        if not judgement.valid:
            raise CommandError("\n".join(map(_line, judgement.issues)), returncode=REJECTED)

    def _print_json(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, indent=2, ensure_ascii=False))


def _line(issue: Issue) -> str:
    """Return an issue as a line: its place, how bad it is, and what to do; a fix is below it."""
    place = issue.pointer if issue.line is None else f"{issue.line}:{issue.column}"
    line = f"{place or '-'}  {issue.severity}: {issue.message} [{issue.code}]"
    return "\n  fix: ".join([line, *(json.dumps(step, ensure_ascii=False) for step in issue.fix)])
