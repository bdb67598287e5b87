"""An example that needs no model: tables, and questions whose SQL people prepared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
from django.conf import settings
from django.utils.translation import get_language

FILE = Path(__file__).parent / "example.yaml"


def _in_language(texts: dict[str, str]) -> str:
    """Return the text in the reader's language."""
    return texts.get(get_language() or "", texts[settings.LANGUAGE_CODE])


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question in each language, and SQL that answers it."""

    asks: dict[str, str]
    sql: str

    @property
    def ask(self) -> str:
        return _in_language(self.asks)


@dataclass(frozen=True, slots=True)
class Example:
    """Tables, and questions about them. `ddl` and all SQL are of `dialect`."""

    titles: dict[str, str]
    dialect: str
    ddl: str
    questions: tuple[Prepared, ...]

    @property
    def title(self) -> str:
        return _in_language(self.titles)


@cache
def example() -> Example:
    """Return the example of the file."""
    return msgspec.yaml.decode(FILE.read_bytes(), type=Example)
