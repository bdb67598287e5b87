"""Code in answers: highlighted, with a header that names its language."""

from __future__ import annotations

import re
import time
from io import StringIO
from typing import TYPE_CHECKING, TypeVar

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from core.highlighting import letters_are_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


T = TypeVar("T")
MAX_CODE = 8_000
MAX_SECONDS = 0.2  # of CPU, for all code of one text: a busy machine loses no colours
# Other lexers can block the process for seconds in one regular expression, given odd text. These
# were measured: at MAX_CODE characters none takes 0.1 s between two tokens.
LANGUAGES = {
    "bash", "c", "c++", "cpp", "cs", "csharp", "css", "diff", "docker", "dockerfile", "go",
    "golang", "graphql", "html", "http", "java", "javascript", "js", "json", "jsx", "kotlin",
    "lua", "nginx", "php", "powershell", "ps1", "py", "python", "python3", "r", "rb", "rs",
    "ruby", "rust", "scala", "sh", "shell", "sql", "swift", "toml", "ts", "tsx", "typescript",
    "xml", "yaml", "yml", "zsh",
}  # fmt: skip
NAME = re.compile(r"[\w+#.-]{1,30}")
# The sanitiser drops buttons; this one is added behind it.
BAR = '<div class="bar">'
_formatter = HtmlFormatter(nowrap=True)


def copy_button() -> str:
    """Return the button that copies a code block, in the active language."""
    return f'<button type="button" data-do="copy-code">{escape(gettext("Copy"))}</button>'


class Highlighter:
    """Highlights the code of one text, until its time is used."""

    def __init__(self, seconds: float = MAX_SECONDS) -> None:
        self._left = seconds

    def block(self, code: str, language: str) -> str:
        """Return code as HTML. It can be scrolled by keyboard."""
        name = language.strip().split(maxsplit=1)[0] if language.strip() else ""
        title = escape(name) if NAME.fullmatch(name) else escape(gettext("Code"))
        pre = f'<pre tabindex="0" dir="ltr"><code>{self._spans(code, name)}</code></pre>'
        return f'<div class="code">{BAR}<span>{title}</span></div>{pre}</div>\n'

    def _spans(self, code: str, language: str) -> str:
        known = language.lower() in LANGUAGES and len(code) <= MAX_CODE
        if not known or self._left <= 0:
            return str(escape(code))
        began = time.thread_time()
        try:
            tokens = get_lexer_by_name(language).get_tokens(code)
            out = StringIO()
            _formatter.format(letters_are_names(in_time(tokens, began + self._left)), out)
            return out.getvalue()
        except TimeoutError:
            return str(escape(code))
        finally:
            self._left -= time.thread_time() - began


def block_to_copy(code: str, language: str) -> SafeString:
    """Return code as HTML, with a button that copies it."""
    html = Highlighter().block(code, language)
    return mark_safe(html.replace(BAR, BAR + copy_button()))  # noqa: S308 — it is escaped


def in_time(tokens: Iterable[T], until: float) -> Iterator[T]:
    """Yield `tokens`. Raises TimeoutError: many lexers take quadratic time over odd text."""
    for token in tokens:
        if time.thread_time() > until:
            raise TimeoutError
        yield token
