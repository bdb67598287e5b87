"""No model's name stands in code: a model is added or removed by an edit of models.yaml alone."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from registry.config.load import load_config
from tests.support.paths import ROOT

CODE = ["*.py", "*.html", "*.js", "*.css", "Makefile", "*.toml"]
EXEMPT = (":!tests", ":!bench")


def patterns() -> list[str]:
    lines = (ROOT / "tests/data/model-families.txt").read_text().splitlines()
    families = [line for line in lines if line and not line.startswith("#")]
    listed = load_config((ROOT / "models.yaml").read_bytes(), {}).models.providers
    names = [re.escape(name) for section in listed.values() for name in section.registry]
    return [*families, *names]


def code() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *CODE, *EXEMPT]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in found.stdout.splitlines()]


def names_in(text: str) -> list[str]:
    return [found.group() for pattern in patterns() for found in re.finditer(pattern, text, re.I)]


def test_no_model_is_named_in_code() -> None:
    files = code()
    assert len(files) > 40
    assert {str(path): found for path in files if (found := names_in(path.read_text()))} == {}


def test_the_search_finds_a_name_that_is_put_in() -> None:
    assert names_in('DEFAULT = "gpt-4o-mini"') != []
    assert names_in("if model == 'llama3': pass") != []
    assert names_in("<b>qwen3:7b</b>") != []
