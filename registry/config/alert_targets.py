"""
The targets of alerts, with `${VARIABLES}` filled in.

An unset variable is not an error: its target gets no messages, which the log and a check report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.variables import UNCLOSED, fill, other_form
from registry.config.endpoint import MIN_SECRET, check_url, header_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.variables import Filled
    from core.yaml.errors import Finding
    from core.yaml.tree import Path
    from registry.config.alerts import AlertsConfig, TargetConfig

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,255}")
BAD_ADDRESS = "This is not an address of mail: name@example.org."


@dataclass(frozen=True, slots=True)
class Target:
    """Where messages of the kinds `on` go. `missing` has variables without a value, and why."""

    name: str
    on: frozenset[str]
    url: str = field(default="", repr=False)  # of a webhook; it may hold a secret
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    mail: tuple[str, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    variables: tuple[str, ...] = ()

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message and no log may have."""
        values = (self.url, urlsplit(self.url).path, *self.headers.values())
        return tuple(value for value in values if len(value) >= MIN_SECRET)

    @property
    def lacks(self) -> str:
        """Which variables have no value, and why; empty: none."""
        return ", ".join(f"{name} ({why})" for name, why in self.missing.items())

    @property
    def place(self) -> str:
        """Where it is, without what may be secret."""
        return urlsplit(self.url).netloc if self.url else f"{len(self.mail)} addresses of mail"


def targets_of(
    alerts: AlertsConfig, environ: Mapping[str, str] | None
) -> tuple[tuple[Target, ...], list[Finding]]:
    """Return the targets, and what is wrong in them, with paths in the file."""
    targets, findings = [], []
    for name, config in alerts.targets.items():
        target, problems = _target(name, config, environ)
        targets.append(target)
        findings += [(("alerts", "targets", name, *path), message) for path, message in problems]
    return tuple(targets), findings


def _target(
    name: str, config: TargetConfig, environ: Mapping[str, str] | None
) -> tuple[Target, list[Finding]]:
    url = fill(config.webhook or "", environ)
    headers = {header: fill(value, environ) for header, value in config.headers.items()}
    mail = [fill(address, environ) for address in config.mail]
    fields = [url, *headers.values(), *mail]
    target = Target(
        name,
        frozenset(config.on),
        url.text,
        {header: filled.text for header, filled in headers.items()},
        tuple(filled.text for filled in mail),
        {name: why for filled in fields for name, why in filled.missing.items()},
        tuple(dict.fromkeys(name for filled in fields for name in filled.values)),
    )
    problems = [*_url_problems(url, config.webhook or ""), *header_problems(headers)]
    for number, (written, filled) in enumerate(zip(config.mail, mail, strict=True)):
        problems += _mail_problems(("mail", number), written, filled)
    return target, problems


def _url_problems(url: Filled, written: str) -> Iterator[Finding]:
    if message := _misspelt(url, written):
        yield ("webhook",), message
    elif url.text and url.usable:
        try:
            check_url(url.text)
        except ValueError as error:
            yield ("webhook",), str(error)


def _mail_problems(path: Path, written: str, address: Filled) -> Iterator[Finding]:
    if message := _misspelt(address, written):
        yield path, message
    elif address.usable and not _ADDRESS.fullmatch(address.text):
        yield path, BAD_ADDRESS


def _misspelt(filled: Filled, written: str) -> str:
    return other_form(written) or (UNCLOSED if filled.unclosed else "")
