"""Files that are generated are fresh, and the locks are complete."""

from __future__ import annotations

import json
import re
import tomllib

import jsonschema
import yaml

from core.program import VERSION
from doors import tables
from registry.config.schema import json_schema
from tests.project.pages import (
    TEXTS,
)
from tests.support.paths import ROOT


def test_the_schema_for_editors_is_fresh() -> None:
    stored = json.loads((ROOT / "models.schema.json").read_text())
    assert stored == json.loads(json.dumps(json_schema())), "run `make schema`"


def test_the_page_of_fields_is_fresh() -> None:
    assert TEXTS["docs/fields.md"] == tables.page(), "run `make fields`"


def test_the_shipped_file_matches_the_schema() -> None:
    document = yaml.safe_load((ROOT / "models.yaml").read_text())
    jsonschema.validate(document, json_schema())


def test_the_version_is_the_changelogs() -> None:
    newest = re.search(r"^## v(\S+)", TEXTS["CHANGELOG.md"], re.MULTILINE)
    assert newest is not None
    assert newest[1] == VERSION


CLIENTS = (
    "requirements-clients.txt",
    "tests/clients/agents/aider.txt",
    "tests/clients/open_webui/requirements.txt",
)


def locked(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text().splitlines()
    matches = (re.match(r"([a-z0-9-]+)==(\S+)", line) for line in lines)
    return {match[1]: match[2] for match in matches if match}


def package_of(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-")


def test_the_locks_have_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = [*project["project"]["dependencies"],
               *project["project"]["optional-dependencies"]["local"]]  # fmt: skip
    assert {package_of(name) for name in runtime} <= locked("requirements.txt").keys()
    development = project["dependency-groups"]["dev"]
    assert {package_of(name) for name in development} <= locked("requirements-dev.txt").keys()


def test_the_development_lock_agrees_with_the_runtimes() -> None:
    development = locked("requirements-dev.txt")
    assert {k: v for k, v in locked("requirements.txt").items() if development.get(k) != v} == {}


def test_the_locks_have_hashes_and_no_addresses() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-model.txt", *CLIENTS):
        text = (ROOT / name).read_text()
        assert text.count("--hash=sha256:") >= len(locked(name)) > 0
        assert "://" not in text


def test_the_page_of_clients_has_the_versions_that_are_tried() -> None:
    tried = {f"{lock} {name}": v for lock in CLIENTS for name, v in locked(lock).items()}
    for folder in ("node", "agents"):
        package = json.loads((ROOT / "tests/clients" / folder / "package.json").read_text())
        pinned = package["devDependencies"] | package.get("optionalDependencies", {})
        tried |= {f"{folder} {name}": v for name, v in pinned.items()}
    rows = re.findall(r"^\| `([^`]+)`[^|]*\| (\S+) \|", TEXTS["docs/clients.md"], re.MULTILINE)
    assert len(rows) >= 11
    versions = {(name.split()[-1], version) for name, version in tried.items()}
    assert set(rows) <= versions
