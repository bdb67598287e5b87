"""The documents agree with the code: names, links, paths, commands and examples."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.core.management import get_commands, load_command_class
from django.urls import get_resolver

from aimodels.dispatch import ROUTES, SOCKETS
from chat import consumers, frames
from core.errors import CODES
from core.sockets import consumer
from registry.config.load import load_config
from registry.config.schema import ModelRef, ModelsConfig, ProviderConfig, json_schema
from tests.support.paths import ROOT
from workflow.sources.config.schema import SourceConfig

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "bench/README.md"])
TEXTS = {str(page.relative_to(ROOT)): page.read_text() for page in PAGES}
MAX_README_BYTES = 9_000
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def text_of(page: str) -> str:
    return TEXTS[f"docs/{page}.md"]


def first_cells(text: str) -> set[str]:
    """Return what is in backticks in the first cells of a page's tables."""
    cells = re.findall(r"^\| (.+?) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def blocks(language: str) -> list[tuple[str, str]]:
    """Return page and content of each fenced block of a language."""
    return [
        (page, block)
        for page, text in TEXTS.items()
        for name, block in FENCED.findall(text)
        if name == language
    ]


# ── Every name is on its page ───────────────────────────────────────────────────────────────


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_bytes()) <= MAX_README_BYTES


def test_every_setting_is_in_configuration() -> None:
    settings = (ROOT / "aimodels/settings.py").read_text()
    variables = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", text_of("configuration"), re.MULTILINE))
    assert variables == documented


def test_every_error_code_is_in_errors_with_its_status() -> None:
    documented = re.findall(r"^\| `([a-z_]+)` \| (\d+) \|", text_of("errors"), re.MULTILINE)
    assert {code: int(status) for code, status in documented} == {
        code: kind.status for code, kind in CODES.items()
    }


def test_every_route_is_in_api() -> None:
    routes = [
        *(route for route in ROUTES if route.startswith("/v1/")),  # the others are pages'
        *(f"/{p.pattern}" for p in get_resolver("registry.api.urls").url_patterns),
    ]
    table = text_of("api")
    assert [r for r in routes if f"{r.replace('<path:model>', '{id}')}`" not in table] == []


def test_every_key_of_the_models_file_is_in_models_yaml() -> None:
    shapes = (ModelsConfig, ProviderConfig, ModelRef)
    keys = {info.alias or key for shape in shapes for key, info in shape.model_fields.items()}
    assert keys - first_cells(text_of("models-yaml")) == set()


def test_every_key_of_the_sources_file_is_in_data_sources() -> None:
    keys = set(SourceConfig.model_fields)
    assert {key for key in keys if f"    {key}: " not in text_of("data-sources")} == set()


def test_every_socket_frame_and_close_code_is_in_websockets() -> None:
    page = text_of("websockets")
    assert {path for path in SOCKETS if f"`{path}`" not in page} == set()
    kinds = {
        *frames.CHAT,
        *frames.RAW,
        "start",
        "status",
        "delta",
        "event",
        "done",
        "error",
        "models",
    }
    assert {kind for kind in kinds if f'"type": "{kind}"' not in page} == set()
    fields = {
        name
        for shape in (frames.Ask, frames.RawAsk, frames.Ack)
        for name in shape.__struct_fields__
    }
    assert {name for name in fields if f'"{name}"' not in page and f"`{name}`" not in page} == set()
    modules = (vars(consumer), vars(consumers))
    codes = {value for names in modules for name, value in names.items()
             if name.startswith("CLOSE_") and isinstance(value, int)}  # fmt: skip
    assert codes == {int(code) for code in re.findall(r"^\| (\d{4}) \|", page, re.MULTILINE)}


def test_every_metric_is_in_operations() -> None:
    modules = "".join(
        (ROOT / name).read_text() for name in ("core/metrics.py", "registry/usage.py")
    )
    names = set(re.findall(r'"(portal_\w+)"', modules))
    documented = {name.removesuffix("_total") for name in first_cells(text_of("operations"))}
    assert names
    assert names - documented == set()


def own_commands() -> dict[str, str]:
    apps = ("aimodels", "registry", "accounts", "chat", "workflow")
    return {name: app for name, app in get_commands().items() if app in apps}


def test_every_command_is_in_commands() -> None:
    page = text_of("commands")
    documented = set(re.findall(r"`manage\.py (\w+)", page))
    assert own_commands().keys() - {"runserver"} <= documented
    for name in ("models", "sql"):
        subcommands = subparsers(name).keys()
        assert {s for s in subcommands if f"`manage.py {name} {s}" not in page} == set()


def test_every_make_target_is_in_commands() -> None:
    page = text_of("commands")
    assert {t for t in make_targets() if f"`make {t}" not in page} == set()


# ── Every command, path and link exists ─────────────────────────────────────────────────────


def parser_of(name: str) -> Any:
    return load_command_class(get_commands()[name], name).create_parser("manage.py", name)


def subparsers(name: str) -> dict[str, Any]:
    actions = parser_of(name)._actions
    return next((dict(a.choices) for a in actions if hasattr(a.choices, "keys")), {})


def options_of(command: str, subcommand: str) -> set[str]:
    parser = subparsers(command).get(subcommand) or parser_of(command)
    return {option for action in parser._actions for option in action.option_strings}


def commands_in(text: str) -> list[list[str]]:
    """Return the words of each `manage.py …` and `bin/aimodels …` in code."""
    spans = [*re.findall(r"`([^`\n]+)`", FENCED.sub("", text)),
             *(line for _, block in FENCED.findall(text) for line in block.splitlines())]  # fmt: skip
    found = (re.search(r"(?:manage\.py|bin/aimodels|^aimodels) ([a-z].*)", span) for span in spans)
    return [match[1].split() for match in found if match]


@pytest.mark.parametrize("page", TEXTS)
def test_the_commands_that_a_page_names_exist(page: str) -> None:
    for command, *words in commands_in(TEXTS[page]):
        if command == "help":
            continue
        assert command in get_commands(), f"{command}: {words}"
        subcommands = subparsers(command)
        if subcommands and words:
            assert words[0].rstrip(",") in subcommands, f"{command} {words}"
        options = {o for word in words for o in re.findall(r"^\[?(--[a-z-]+)", word)}
        assert options <= options_of(command, words[0] if words else ""), f"{command} {words}"


def make_targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text()
    return set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))


@pytest.mark.parametrize("page", TEXTS)
def test_the_make_targets_that_a_page_names_exist(page: str) -> None:
    names = re.findall(r"(?:^    |`)make ([a-z-]+)", TEXTS[page], re.MULTILINE)
    assert set(names) <= make_targets()


ROOMS = ("accounts", "aimodels", "bench", "chat", "core", "deploy", "docs", "queryexpr", "registry",
         "scripts", "static", "templates", "tests", "workflow")  # fmt: skip
TO_CREATE = {"queryexpr/dialects/trino.py"}  # files that a guide lets its reader write


@pytest.mark.parametrize("page", TEXTS)
def test_the_paths_that_a_page_names_exist(page: str) -> None:
    spans = re.findall(r"`([\w./-]+)`", TEXTS[page])
    paths = [span for span in spans if span.partition("/")[0] in ROOMS and "/" in span]
    assert [p for p in paths if not (ROOT / p).exists() and p not in TO_CREATE] == []


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text()), re.MULTILINE)
    plain = (re.sub(r"[^\w\s-]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", TEXTS)
def test_the_links_of_a_page_resolve(page: str) -> None:
    links = re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", FENCED.sub("", TEXTS[page]))
    for link in links:
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (ROOT / page).parent / name if name else ROOT / page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_linked_from_the_readme_or_from_contributing() -> None:
    linked = {match for name in ("README.md", "CONTRIBUTING.md")
              for match in re.findall(r"\(([\w/.-]+\.md)", TEXTS[name])}  # fmt: skip
    assert TEXTS.keys() - linked - {"README.md"} == set()


def test_headings_go_down_one_level_at_a_time() -> None:
    for page, text in TEXTS.items():
        levels = [len(marks) for marks in re.findall(r"^(#+) ", FENCED.sub("", text), re.MULTILINE)]
        assert levels[0] == 1, page
        assert all(after <= before + 1 for before, after in pairwise(levels)), page


# ── Every example loads; tests/project/test_examples.py runs those that call the portal ─────


@pytest.mark.parametrize(("page", "block"), blocks("yaml"))
def test_a_yaml_example_loads(page: str, block: str) -> None:
    if block.startswith("sources:"):
        for section in yaml.safe_load(block)["sources"].values():
            listed = {key: tuple(v) if isinstance(v, list) else v for key, v in section.items()}
            SourceConfig.model_validate(listed)
        return
    loaded = load_config(block.encode(), {})
    assert loaded.warnings == ()
    assert loaded.endpoints


@pytest.mark.parametrize(("page", "block"), blocks("json"))
def test_a_json_example_is_json(page: str, block: str) -> None:
    json.loads(block)


@pytest.mark.parametrize(("page", "block"), blocks("python"))
def test_a_python_example_is_python(page: str, block: str) -> None:
    ast.parse(block)


def test_blocks_have_a_language_that_is_tested() -> None:
    languages = {name for text in TEXTS.values() for name, _ in FENCED.findall(text)}
    assert languages <= {"", "text", "sh", "yaml", "json", "python", "mermaid"}


# ── Files that are generated, and the locks ─────────────────────────────────────────────────


def test_the_schema_for_editors_is_fresh() -> None:
    stored = json.loads((ROOT / "models.schema.json").read_text())
    assert stored == json.loads(json.dumps(json_schema())), "run `make schema`"


def test_the_shipped_file_matches_the_schema() -> None:
    document = yaml.safe_load((ROOT / "models.yaml").read_text())
    jsonschema.validate(document, json_schema())


def test_the_version_is_the_changelogs() -> None:
    newest = re.search(r"^## v(\S+)", TEXTS["CHANGELOG.md"], re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert newest is not None
    assert project["version"] == newest[1]


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
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-model.txt"):
        text = (ROOT / name).read_text()
        assert text.count("--hash=sha256:") >= len(locked(name)) > 0
        assert "://" not in text
