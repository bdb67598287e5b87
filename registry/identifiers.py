"""
Identifiers of people that arithmetic can check: cards, accounts, national numbers.

A pattern finds candidates, and python-stdnum checks their digits. Its modules are loaded only for
kinds that models.yaml names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from core.text import gettext_noop as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MAX_CANDIDATES = 20_000  # of one request
TOO_MANY = "numbers"  # the name for more than MAX_CANDIDATES: they might be anything
MIN_DIGITS, BESIDE = 7, 8  # of an identifier; how many other characters may be beside its digits
_CLUSTER = re.compile(rf"[0-9]+(?:[^0-9]{{1,{BESIDE}}}[0-9]+)*")
# As texts that are set have them, too: a tab, figure, thin and narrow spaces, other dashes.
_SPACES, _DASHES = " .\t\u00a0\u2007\u2009\u202f", "\u2010\u2011\u2012\u2013\u2212-"
# All of it: a text that only begins so is read.
_MEDIA = re.compile(r"data:[\w.+/\-]*(?:;[\w.+\-]+(?:=[\w.+\-]*)?)*;base64,[\w+/=%\-]*", re.ASCII)


class Kind(NamedTuple):
    """What people call it, the module of `stdnum` that checks it, and how it is written.

    In a pattern, `_` is where people write a space, a dot, a hyphen or nothing.
    """

    title: str
    module: str
    pattern: str


KINDS = {
    "card": Kind(
        _("a payment card's number"), "luhn", r"[2-6]\d{3}_\d{4}_\d{4}_\d{1,7}|3\d{3}_\d{6}_\d{4,5}"
    ),
    "iban": Kind(
        _("an IBAN"), "iban", r"[A-Z]{2}\d{2}(?:_[A-Z0-9]{4}){2,7}(?:_[A-Z0-9]{1,3})?"
    ),
    "at_vnr": Kind(_("an Austrian insurance number"), "at.vnr", r"\d{4}_\d{6}"),
    "be_nn": Kind(_("a Belgian national number"), "be.nn", r"\d\d_\d\d_\d\d_\d{3}_\d\d"),
    "bg_egn": Kind(_("a Bulgarian personal number"), "bg.egn", r"\d{10}"),
    "br_cpf": Kind(_("a Brazilian CPF"), "br.cpf", r"\d{3}_\d{3}_\d{3}_\d\d"),
    "ca_sin": Kind(_("a Canadian insurance number"), "ca.sin", r"\d{3}_\d{3}_\d{3}"),
    "ch_ssn": Kind(_("a Swiss AHV number"), "ch.ssn", r"756_\d{4}_\d{4}_\d\d"),
    "cn_ric": Kind(_("a Chinese identity number"), "cn.ric", r"\d{17}[0-9X]"),
    "cz_rc": Kind(_("a Czech birth number"), "cz.rc", r"\d{6}/?\d{3,4}"),
    "de_idnr": Kind(_("a German tax number"), "de.idnr", r"\d\d_\d{3}_\d{3}_\d{3}"),
    "ee_ik": Kind(_("an Estonian personal number"), "ee.ik", r"\d{11}"),
    "es_dni": Kind(_("a Spanish DNI"), "es.dni", r"\d{8}_[A-Z]"),
    "es_nie": Kind(_("a Spanish NIE"), "es.nie", r"[XYZ]_\d{7}_[A-Z]"),
    "fi_hetu": Kind(_("a Finnish personal code"), "fi.hetu", r"\d{6}[-+A-Y]\d{3}[0-9A-Y]"),
    "fr_nir": Kind(
        _("a French NIR"), "fr.nir", r"[12]_\d\d_\d\d_(?:\d\d|2[AB])_\d{3}_\d{3}_\d\d"
    ),
    "gb_nhs": Kind(_("an NHS number"), "gb.nhs", r"\d{3}_\d{3}_\d{4}"),
    "hr_oib": Kind(_("a Croatian OIB"), "hr.oib", r"\d{11}"),
    "in_aadhaar": Kind(_("an Aadhaar number"), "in_.aadhaar", r"\d{4}_\d{4}_\d{4}"),
    "it_codicefiscale": Kind(
        _("an Italian tax code"), "it.codicefiscale",
        r"[A-Z]{6}_[0-9L-V]{2}[A-Z][0-9L-V]{2}_[A-Z][0-9L-V]{3}[A-Z]",
    ),
    "lt_asmens": Kind(_("a Lithuanian personal code"), "lt.asmens", r"\d{11}"),
    "nl_bsn": Kind(_("a Dutch BSN"), "nl.bsn", r"\d{4}_\d\d_\d{3}|\d{9}"),
    "no_fodselsnummer": Kind(_("a Norwegian birth number"), "no.fodselsnummer", r"\d{6}_\d{5}"),
    "pl_pesel": Kind(_("a Polish PESEL"), "pl.pesel", r"\d{11}"),
    "ro_cnp": Kind(_("a Romanian CNP"), "ro.cnp", r"\d{13}"),
    "se_personnummer": Kind(
        _("a Swedish personal number"), "se.personnummer", r"(?:\d\d)?\d{6}[-+]?\d{4}"
    ),
    "tr_tckimlik": Kind(_("a Turkish identity number"), "tr.tckimlik", r"\d{11}"),
    "za_idnr": Kind(_("a South African identity number"), "za.idnr", r"\d{6}_\d{4}_\d{3}"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """Finds identifiers of one kind."""

    name: str
    pattern: re.Pattern[str]
    separators: str  # which are not part of the identifier
    is_valid: Callable[[str], bool]

    @classmethod
    def of(cls, name: str) -> Check:
        kind = KINDS[name]
        separated = kind.pattern.replace("_", f"[{_SPACES}{_DASHES}]?")
        # Looked ahead for, so that what is beside a number cannot hide it. ASCII: its digits only.
        whole = rf"(?<![A-Z0-9])(?=({separated})(?![A-Z0-9]))"
        separators = _SPACES if "[-+" in kind.pattern else _SPACES + _DASHES
        valid = import_module(f"stdnum.{kind.module}").is_valid
        if name == "iban":
            valid = _beginning(partial(valid, check_country=False))  # lists of banks grow old
        return cls(name, re.compile(whole, re.IGNORECASE | re.ASCII), separators, valid)

    def candidates(self, cluster: str) -> Iterator[str]:
        gone = dict.fromkeys(map(ord, self.separators))
        return (match[1].translate(gone) for match in self.pattern.finditer(cluster))


def _beginning(is_valid: Callable[[str], bool]) -> Callable[[str], bool]:
    """Return a check of an IBAN whose end may be the next word. Its length is its country's."""
    return lambda text: any(is_valid(text[:end]) for end in range(len(text), 14, -1))


def find(content: Any, checks: Iterable[Check]) -> tuple[str, ...]:
    """Return the names of the kinds that the texts of `content` hold: JSON, at any depth.

    With more than MAX_CANDIDATES candidates, TOO_MANY is one of them: it may hold what was not
    checked. Media are not read.
    """
    texts = dict.fromkeys(_texts(content))  # the same ones may be there in two forms
    clusters = [cluster for text in texts for cluster in _clusters(text)]
    found: list[str] = []
    left = MAX_CANDIDATES
    for check in checks if clusters else ():
        every = chain.from_iterable(map(check.candidates, clusters))
        candidates = list(islice(every, left + 1))
        left -= len(candidates)
        if any(map(check.is_valid, dict.fromkeys(candidates[:MAX_CANDIDATES]))):
            found.append(check.name)
        if left < 0:
            return (*found, TOO_MANY)
    return tuple(found)


def titles(names: Iterable[str]) -> list[str]:
    """Return what people call the kinds `names`."""
    return [
        KINDS[name].title if name in KINDS else _("too many numbers to check") for name in names
    ]


def _clusters(text: str) -> Iterator[str]:
    """Yield the parts of a text that have enough digits, with what is beside them."""
    for match in _CLUSTER.finditer(text):
        if match.end() - match.start() >= MIN_DIGITS and _digits(match[0]) >= MIN_DIGITS:
            yield text[max(match.start() - BESIDE, 0) : match.end() + BESIDE]


def _digits(text: str) -> int:
    return sum(map(text.count, "0123456789"))


def _texts(content: Any) -> Iterator[str]:
    todo = [content]
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            if not _MEDIA.fullmatch(value):
                yield value
        elif isinstance(value, dict):
            todo += value.keys()
            todo += value.values()
        elif isinstance(value, list | tuple):
            todo += value
        elif isinstance(value, int) and value >= 10**MIN_DIGITS:
            yield str(value)
