"""`serve:` in models.yaml: where a model's file comes from, and what proves that it is right."""

from __future__ import annotations

import re

import pytest

from tests.registry.config.loading import load, problems
from tests.support.paths import ROOT

HASH = "0" * 64
PROVED = f"sha256: '{HASH}', size: 5"


def served(fields: str) -> str:
    return (
        "models:\n  near:\n    api: openai\n    endpoint: http://127.0.0.1:9/v1\n"
        f"    serve: {{{fields}}}\n    registry: {{a: {{capabilities: [chat]}}}}\n"
    )


ACCEPTED = [
    "package: p, file: f",
    f"sources: [{{url: 'https://example.org/a?b=c'}}], {PROVED}",
    f"sources: [{{url: 'http://127.0.0.1:8/a'}}, {{package: p, file: f}}, {{file: f}}], {PROVED}",
    f"sources: [{{parts: [{{url: 'https://x/1'}}, {{file: f}}]}}], {PROVED}",
]


@pytest.mark.parametrize("fields", ACCEPTED)
def test_sources_are_accepted(fields: str) -> None:
    assert load(served(fields)).models.providers["near"].serve


REFUSED = {
    "nothing": ("slots: 2", "'package' is missing. Name the package and its file, or list"),
    "no file": ("package: p", "'file' is missing. Name the package"),
    "no hash": ("sources: [{file: f}], size: 5", "'sha256' is missing: `sources` need it"),
    "no size": (f"sources: [{{file: f}}], sha256: '{HASH}'", "'size' is missing"),
    "a short hash": ("sources: [{file: f}], sha256: abc, size: 5", "This must match ^[0-9a-f]{64}$"),
    "two forms": (f"package: p, file: f, sources: [{{file: f}}], {PROVED}", "below `sources`, or"),
    "two origins": (f"sources: [{{url: 'https://x/1', file: f}}], {PROVED}", "Write one of `url`"),
    "no origin": (f"sources: [{{}}], {PROVED}", "Write one of `url`"),
    "a package without a file": (f"sources: [{{package: p}}], {PROVED}", "Write one of `url`"),
    "parts and more": (f"sources: [{{file: f, parts: [{{file: f}}]}}], {PROVED}", "Write one of"),
    "an empty part": (f"sources: [{{parts: [{{}}]}}], {PROVED}", "Write one of `url`"),
    "a part's key": (f"sources: [{{parts: [{{fil: f}}]}}], {PROVED}", "Did you mean 'file'?"),
    "a source's key": (f"sources: [{{part: [{{file: f}}]}}], {PROVED}", "Did you mean 'parts'?"),
    "another scheme": (f"sources: [{{url: 'ftp://x/1'}}], {PROVED}", "Write https://host/path."),
    "not a URL": (f"sources: [{{url: 'https://[x/1'}}], {PROVED}", "Write https://host/path."),
    "a space": (f"sources: [{{url: 'https://x/a b'}}], {PROVED}", "Write https://host/path."),
    "without TLS": (f"sources: [{{url: 'http://x/1'}}], {PROVED}", "Write https: others could"),
    "a password": (f"sources: [{{url: 'https://a:b@x/1'}}], {PROVED}", "not contain a password"),
    "a variable": (f"sources: [{{url: 'https://x/${{A}}'}}], {PROVED}", "only in"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_mistake_in_sources_is_one_message(name: str) -> None:
    fields, words = REFUSED[name]
    messages = problems(served(fields))
    assert words in "\n".join(messages)
    assert len(messages) == (2 if name == "nothing" else 1)


def test_the_section_that_the_shipped_file_offers_is_valid() -> None:
    text = (ROOT / "models.yaml").read_text()
    begin, end = text.index("  # coder:"), text.index("\n# More that a model can have")
    section = re.sub(r"^  # ", "  ", text[begin:end], flags=re.MULTILINE)
    (default,) = re.findall(r"^  #   (sql: .*)$", text, re.MULTILINE)
    offered = re.sub(r"sql: \"local.*", default, text[:begin]) + section
    config = load(offered)
    assert config.models.providers["coder"].serve is not None
    assert config.models.defaults["sql"].startswith("coder:")
    assert "coder" not in load(text).models.providers
