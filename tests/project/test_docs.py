"""The documents agree with the code: every name is on its page, and every example loads."""

from __future__ import annotations

import ast
import json
import re

import pytest
import yaml
from django.urls import get_resolver

from aimodels.dispatch import SOCKETS
from aimodels.routes import ROUTES
from chat import consumers, frames
from core.errors import CODES
from core.sockets import consumer
from registry.config.load import load_config
from registry.config.schema import ModelRef, ModelsConfig, ProviderConfig
from tests.project.pages import (
    FENCED,
    TEXTS,
    blocks,
    first_cells,
    make_targets,
    own_commands,
    subparsers,
    text_of,
)
from tests.support.paths import ROOT
from tests.workflow.meanings.files import read as read_meanings
from workflow.meanings.schema import Dimension, Join, Measure, Never, Values
from workflow.meanings.schema import SourceConfig as MeaningsConfig
from workflow.sources.config.schema import SourceConfig

MAX_README_BYTES = 9_000


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
        *(f"/{p.pattern}" for p in get_resolver("ledger.receipts.urls").url_patterns),
    ]
    table = text_of("api")
    assert [r for r in routes if f"{re.sub('<[^>]+>', '{id}', r)}`" not in table] == []


def test_every_key_of_the_models_file_is_in_models_yaml() -> None:
    shapes = (ModelsConfig, ProviderConfig, ModelRef)
    keys = {info.alias or key for shape in shapes for key, info in shape.model_fields.items()}
    assert keys - first_cells(text_of("models-yaml")) == set()


def test_every_key_of_the_sources_file_is_in_data_sources() -> None:
    keys = set(SourceConfig.model_fields)
    assert {key for key in keys if f"    {key}: " not in text_of("data-sources")} == set()


def test_every_key_of_the_meanings_is_in_meanings() -> None:
    page = text_of("meanings")
    shapes = (MeaningsConfig, Measure, Dimension, Join, Values, Never)
    keys = {key for shape in shapes for key in shape.model_fields}
    assert {key for key in keys if f"{key}: " not in page and f"{key}:\n" not in page} == set()


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


# ── Every example loads; tests/project/test_examples.py runs those that call the portal,
#    tests/clients/test_docs.py those of the page of clients ─────────────────────────────────

CLIENTS = "docs/clients.md"


@pytest.mark.parametrize(("page", "block"), [(p, b) for p, b in blocks("yaml") if p != CLIENTS])
def test_a_yaml_example_loads(page: str, block: str) -> None:
    if block.startswith("sources:"):
        for section in yaml.safe_load(block)["sources"].values():
            listed = {key: tuple(v) if isinstance(v, list) else v for key, v in section.items()}
            SourceConfig.model_validate(listed)
        return
    if block.startswith("meanings:"):
        assert read_meanings(block).of("sales")
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
    pages = {page: {name for name, _ in FENCED.findall(text)} for page, text in TEXTS.items()}
    tested = {"", "text", "sh", "yaml", "json", "python", "mermaid"}
    assert pages.pop(CLIENTS) <= {"python", "yaml", "js", "json", "toml", "sh"}
    assert set().union(*pages.values()) <= tested


def test_each_requirement_of_asvs_has_a_state_and_names_what_exists() -> None:
    text = (ROOT / "docs" / "asvs.md").read_text()
    rows = re.findall(r"^\| (\d+\.\d+\.\d+) \| [12] \| [^|]+ \| ([a-z ]+) \| (.+) \|$", text, re.M)
    assert len({number for number, _, _ in rows}) == len(rows) == 253  # of the levels 1 and 2
    for state, count in re.findall(r"^\| ([a-z ]+) \| (\d+) \|$", text, re.M):
        assert len([row for row in rows if row[1] == state]) == int(count)
    assert {state for _, state, _ in rows} == {"met", "not applicable", "not met"}
    named = {path for *_, where in rows for path in re.findall(r"`([\w./-]+/[\w./-]+)`", where)}
    assert not [path for path in named if not (ROOT / path).exists()]
