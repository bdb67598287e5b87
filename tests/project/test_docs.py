"""The documents say what the code does."""

from __future__ import annotations

import json
import re
import tomllib

import jsonschema
import yaml
from django.urls import get_resolver

from aimodels.dispatch import ROUTES, SOCKETS
from core.errors import CODES
from registry.config.load import load_config
from registry.config.schema import json_schema
from tests.support.paths import ROOT

README = (ROOT / "README.md").read_text()


def test_every_setting_is_in_the_readmes_table() -> None:
    settings = (ROOT / "aimodels/settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert read == documented


def test_every_error_code_is_in_the_readme() -> None:
    documented = set(re.findall(r"^\| `([a-z_]+)` \| \d", README, re.MULTILINE))
    assert documented == set(CODES)


def test_every_route_is_in_the_readme() -> None:
    routes = [
        *(route for route in ROUTES if route.startswith("/v1/")),  # the others are pages'
        *SOCKETS,
        *(f"/{p.pattern}" for p in get_resolver("registry.api.urls").url_patterns),
    ]
    assert [route for route in routes if route.replace("<path:model>", "{id}") not in README] == []


def test_the_schema_for_editors_is_fresh() -> None:
    stored = json.loads((ROOT / "models.schema.json").read_text())
    assert stored == json.loads(json.dumps(json_schema())), "run `make schema`"


def test_the_shipped_file_matches_the_schema() -> None:
    document = yaml.safe_load((ROOT / "models.yaml").read_text())
    jsonschema.validate(document, json_schema())


def test_the_readmes_example_is_valid() -> None:
    (example,) = re.findall(r"```yaml\n(models:.*?)```", README, re.DOTALL)
    found = load_config(example.encode(), {})
    assert found.warnings == ()
    assert len(found.endpoints) == 3


def test_the_version_is_the_changelogs() -> None:
    newest = re.search(r"^## v(\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert newest is not None
    assert project["version"] == newest[1]


def locked(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text().splitlines()
    found = (re.match(r"([a-z0-9-]+)==(\S+)", line) for line in lines)
    return {match[1]: match[2] for match in found if match}


def wanted(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-")


def test_the_locks_hold_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = [*project["project"]["dependencies"],
               *project["project"]["optional-dependencies"]["local"]]  # fmt: skip
    assert {wanted(name) for name in runtime} <= locked("requirements.txt").keys()
    development = project["dependency-groups"]["dev"]
    assert {wanted(name) for name in development} <= locked("requirements-dev.txt").keys()


def test_the_development_lock_agrees_with_the_runtimes() -> None:
    development = locked("requirements-dev.txt")
    assert {k: v for k, v in locked("requirements.txt").items() if development.get(k) != v} == {}


def test_the_locks_have_hashes_and_no_addresses() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-model.txt"):
        text = (ROOT / name).read_text()
        assert text.count("--hash=sha256:") >= len(locked(name)) > 0
        assert "://" not in text
