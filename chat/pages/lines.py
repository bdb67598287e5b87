"""A field of a form for one line, such as a title."""

from __future__ import annotations

from typing import Any

from django import forms

from chat.titles import plain_line


class LineField(forms.CharField):
    """Text without characters that control, turn or break lines: they are left out."""

    def to_python(self, value: Any) -> str:
        return plain_line(super().to_python(value) or "")
