"""What pages that paint SQL have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pygments.token import Keyword, Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pygments.token import _TokenType


def letters_are_names(
    tokens: Iterable[tuple[_TokenType, str]],
) -> Iterator[tuple[_TokenType, str]]:
    """Yield `tokens`: the lexer of SQL takes names of one letter for keywords."""
    for kind, value in tokens:
        yield (Name if len(value) == 1 and kind[:1] == Keyword else kind), value
