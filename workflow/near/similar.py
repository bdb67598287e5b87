"""The values that a text may mean. Pure.

They are spellings of the same first; else singular and plural, typing errors, longer names that
have its words, and what it abbreviates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from workflow.near.fold import digits, keys, plain, spans, stem, words

MAX_NEAR = 3
MAX_LENGTH = 100  # characters of a text that is compared letter by letter
MIN_TYPED, MIN_RATIO = 4, 0.8  # of letters that agree, for a typing error
# A text with one of these before it is the opposite.
_NOT = ("in", "un", "non", "not", "no", "dis", "im", "ir", "de", "nicht", "kein", "keine")
_SMALL = {"of", "the", "and", "und", "der", "die", "das", "von", "de", "la", "du"}


def spellings(text: str, values: Iterable[str]) -> tuple[str, ...]:
    """Return the values that differ from `text` only in case, accents, spaces or punctuation."""
    own = keys(text)
    return tuple(value for value in values if value != text and own & keys(value))


def similar(text: str, values: Sequence[str]) -> tuple[str, ...]:
    """Return at most three of `values` that `text` may mean, the likeliest first."""
    if same := spellings(text, values):
        return same[:MAX_NEAR]
    if not text.strip() or len(text) > MAX_LENGTH:
        return ()
    likely = (*_plurals(text, values), *_typed(text, values), *_longer(text, values))
    return tuple(dict.fromkeys(likely))[:MAX_NEAR]


def _plurals(text: str, values: Iterable[str]) -> Iterator[str]:
    own = stem(text)
    yield from (value for value in values if stem(value) == own and _agree(text, value))


def _typed(text: str, values: Iterable[str]) -> Iterator[str]:
    """Yield the values that are `text` but for a typing error, the most similar first."""
    own = plain(text)
    if len(own) < MIN_TYPED:
        return
    matcher = SequenceMatcher(None, "", own, autojunk=False)
    found: list[tuple[float, str]] = []
    for value in values:
        if len(value) > MAX_LENGTH or not _agree(text, value):
            continue
        matcher.set_seq1(plain(value))
        if matcher.real_quick_ratio() >= MIN_RATIO and matcher.quick_ratio() >= MIN_RATIO:
            found.append((matcher.ratio(), value))
    ranked = sorted(found, key=lambda pair: -pair[0])
    yield from (value for ratio, value in ranked if ratio >= MIN_RATIO)


def _agree(text: str, value: str) -> bool:
    """Have both the same numbers, and is neither the other's opposite?"""
    one, other = sorted((plain(text), plain(value)), key=len)
    before = other.removesuffix(one).strip(" -_") if other.endswith(one) else ""
    return digits(text) == digits(value) and before not in _NOT


def _longer(text: str, values: Iterable[str]) -> Iterator[str]:
    """Yield the values that have all words of `text` in their order, and what it abbreviates."""
    own = words(text)
    for value in values:
        theirs = words(value)
        if not own or not theirs or theirs[0] in _NOT:
            continue
        inside = _within(own, theirs) or (len(theirs) > 1 and _within(theirs, own))
        if inside or _abbreviates("".join(own), theirs):
            yield value


def _within(part: list[str], whole: list[str]) -> bool:
    size = len(part)
    return any(whole[at : at + size] == part for at in range(len(whole) - size + 1))


def _abbreviates(short: str, whole: list[str]) -> bool:
    """Is it the first letters of the words, or of the only word?"""
    initials = "".join(word[0] for word in whole if word not in _SMALL)
    if len(whole) > 1:
        return len(short) > 1 and short == initials
    return bool(short) and len(short) <= 3 and whole[0].startswith(short) and whole[0] != short


# ── Patterns ────────────────────────────────────────────────────────────────────────────────


def patterns(pattern: str, values: Sequence[str]) -> tuple[str, ...]:
    """Return at most three patterns like `pattern` that values fit.

    A pattern that has more than % at its ends has none.
    """
    core = pattern.strip("%")
    if not core or any(mark in core for mark in "%_\\") or len(core) > MAX_LENGTH:
        return ()
    before, after = "%" * pattern.startswith("%"), "%" * pattern.endswith("%")
    cores = [*_spelled(core, values, bool(before), bool(after))]
    if not cores:
        parts = values if not (before or after) else [w for v in values for w in v.split()]
        likely = similar(core, [*dict.fromkeys(parts)])
        cores = [one for one in likely if any(_fits(one, v, before, after) for v in values)]
    found = (f"{before}{one}{after}" for one in cores)
    return tuple(dict.fromkeys(one for one in found if one != pattern))[:MAX_NEAR]


def _fits(core: str, value: str, before: str, after: str) -> bool:
    starts, ends = value.startswith(core), value.endswith(core)
    return core in value and (bool(before) or starts) and (bool(after) or ends)


def _spelled(core: str, values: Iterable[str], before: bool, after: bool) -> Iterator[str]:
    for value in values:
        for start, end in spans(value, core):
            if (before or start == 0) and (after or end == len(value)):
                yield value[start:end]
