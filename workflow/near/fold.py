"""What is left of a text without case, accents, spaces and punctuation. Pure."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})
_WORD = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")
_ENDINGS = ("innen", "ies", "es", "en", "er", "s", "e", "n")  # of plurals, in English and German
MIN_STEM = 3


def keys(text: str) -> frozenset[str]:
    """Return the keys of a text: two texts that share one are spellings of the same.

    An ä counts as a and as ae: databases have Müller as Muller and as Mueller.
    """
    return frozenset((_key(text), _key(_lower(text).translate(_UMLAUTS))))


def _lower(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def plain(text: str) -> str:
    """Return a text in small letters without accents."""
    parts = unicodedata.normalize("NFKD", _lower(text).translate(_LETTERS))
    return "".join(part for part in parts if not unicodedata.combining(part))


def _key(text: str) -> str:
    letters = plain(text)
    return "".join(filter(str.isalnum, letters)) or " ".join(letters.split())


def words(text: str) -> list[str]:
    """Return the words of a text, each in small letters without accents."""
    return _WORD.findall(plain(text).replace("_", " "))


def stem(text: str) -> str:
    """Return the key of a text without what makes it a plural, roughly."""
    key = _key(text)
    for ending in _ENDINGS:
        if key.endswith(ending) and len(key) - len(ending) >= MIN_STEM:
            return key.removesuffix(ending) + ("y" if ending == "ies" else "")
    return key


def digits(text: str) -> list[str]:
    """Return the numbers in a text."""
    return _DIGITS.findall(text)


def spans(text: str, part: str) -> list[tuple[int, int]]:
    """Return where in `text` the letters of `part` are, whatever their case and accents."""
    letters = [(letter, at) for at, one in enumerate(text) for letter in _letters(one)]
    joined, wanted = "".join(letter for letter, _ in letters), "".join(map(_letters, part))
    found, start = [], joined.find(wanted) if wanted else -1
    while start >= 0:
        found.append((letters[start][1], letters[start + len(wanted) - 1][1] + 1))
        start = joined.find(wanted, start + 1)
    return found


def _letters(one: str) -> str:
    return "".join(filter(str.isalnum, plain(one)))
