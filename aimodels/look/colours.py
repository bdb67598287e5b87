"""Colours that can be read: an organisation's colour, moved until its contrast is enough. Pure."""

from __future__ import annotations

import re

LIGHT, DARK = "#f3f5f8", "#202429"  # the grounds with the least contrast: --raised in portal.css
MIN_CONTRAST = 4.5  # WCAG 2.2, level AA, of text
STEPS = 100


def colour(text: str) -> str:
    """Return a colour such as `#0b57d0`, in lower case. Raises ValueError."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValueError("Write a colour as #rrggbb.")
    return text.lower()


def readable(text: str, ground: str) -> str:
    """Return the colour, moved to white or black until it can be read on `ground`."""
    end = "#000000" if luminance(ground) > 0.5 else "#ffffff"
    mixed = (_mix(text, end, step / STEPS) for step in range(STEPS + 1))
    return next(shade for shade in mixed if contrast(shade, ground) >= MIN_CONTRAST)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG defines it, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(text: str) -> float:
    """Return the relative luminance as WCAG defines it, from 0 to 1."""
    red, green, blue = (_linear(part / 255) for part in _parts(text))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _mix(text: str, end: str, share: float) -> str:
    pairs = zip(_parts(text), _parts(end), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _parts(text: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(text[1:]))
