"""Known prices are suggested, never used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string

from registry import snapshot
from registry.config.load import load_config
from registry.health.health import Health
from registry.listing import describe
from registry.pages.choices import facts
from registry.pages.overview import Row
from registry.state import models_file
from registry.suggested_prices import hints

FILE = """
models:
  openai:
    api_key: x
    endpoint: https://api.openai.com/v1
    registry:
      gpt-4o-mini: {capabilities: [chat]}
      of-our-own: {capabilities: [chat]}
      gpt-4o: {capabilities: [chat], price: {input: 1, output: 2}}
  other:
    api: openai
    endpoint: https://proxy.example.org/v1
    registry:
      gpt-4o-mini: {capabilities: [chat]}
  house:
    api: openai
    endpoint: http://127.0.0.1:9/v1
    local: true
    registry:
      slate: {capabilities: [chat]}
"""


@pytest.fixture
def file(tmp_path: Path, settings: Any) -> Path:
    settings.MODELS_FILE = tmp_path / "models.yaml"
    settings.MODELS_FILE.write_text(FILE.replace("api_key: x", "api_key: ${KEY:-x}"))
    return Path(settings.MODELS_FILE)


def test_a_known_price_is_a_line_to_paste(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("genai_prices")
    call_command("models", "prices")
    text = capsys.readouterr().out
    assert "None is in use." in text
    assert "# openai:gpt-4o-mini: gpt-4o-mini of genai-prices " in text
    assert "; https://" in text
    assert "# No price is known of openai:of-our-own, other:gpt-4o-mini." in text
    assert "gpt-4o:" not in text
    assert "house" not in text
    (line,) = [line for line in text.splitlines() if line.startswith("price: ")]
    pasted = file.read_text().replace(
        "gpt-4o-mini: {capabilities: [chat]}", f"gpt-4o-mini: {{capabilities: [chat], {line}}}", 1
    )
    (price,) = (
        load_config(pasted.encode(), {}).models.providers["openai"].registry["gpt-4o-mini"].price
    )
    assert price.currency == "USD"
    assert 0 < price.parts.cached < price.parts.input < price.parts.output
    before = models_file.read(file).models.providers["openai"].registry["gpt-4o-mini"]
    assert before.price == ()


def test_operators_see_a_known_price_on_the_card(file: Path) -> None:
    pytest.importorskip("genai_prices")
    registry = snapshot.build(load_config(file.read_bytes(), {}))
    known = hints(registry)
    assert set(known) == {"openai:gpt-4o-mini"}
    model = registry.models["openai:gpt-4o-mini"]
    row = Row(model, Health("healthy"), [])
    context = {"row": row, "results": {}, "known_prices": known}
    page = render_to_string("registry/_card.html", context)
    assert "Known price, not in use:" in page
    assert known[model.id].line in page
    assert "Known price" not in render_to_string(
        "registry/_card.html", context | {"known_prices": {}}
    )


def test_without_the_package_no_price_is_shown(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.config.known_prices.find_spec", lambda name: None)
    assert hints(snapshot.build(load_config(file.read_bytes(), {}))) == {}


def test_the_card_names_the_day_on_which_a_model_ends(file: Path) -> None:
    text = file.read_text().replace("[chat]", "[chat], ends: 2026-12-24", 1)
    registry = snapshot.build(load_config(text.encode(), {}))
    (model,) = [model for model in registry.models.values() if model.ref.ends]
    assert "ends on Dec. 24, 2026" in facts(model)
    assert describe(model)["ends"] == "2026-12-24"


def test_as_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("genai_prices")
    call_command("models", "prices", format="json")
    known = json.loads(capsys.readouterr().out)
    assert set(known) == {"openai:gpt-4o-mini", "openai:of-our-own", "other:gpt-4o-mini"}
    assert known["other:gpt-4o-mini"] is None
    assert known["openai:gpt-4o-mini"]["currency"] == "USD"


def test_without_the_package_its_remedy_is_named(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.config.known_prices.find_spec", lambda name: None)
    with pytest.raises(CommandError, match="pip install 'aimodels"):
        call_command("models", "prices")
