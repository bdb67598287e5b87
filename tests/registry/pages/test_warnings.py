"""What a switch of the default warns about."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from registry.health.health import Health
from registry.pages import choices

if TYPE_CHECKING:
    import pytest


def test_the_health_of_the_provider_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    model: Any = SimpleNamespace(id="pond:frog", provider="pond", allow=None)
    registry = SimpleNamespace(models={model.id: model})
    monitor = SimpleNamespace(of=lambda registry: {"pond": Health("degraded", "It is slow.")})
    monkeypatch.setattr(choices, "monitor", monitor)
    monkeypatch.setattr(choices, "is_missing", lambda model, health: False)
    switch = cast("Any", SimpleNamespace(registry=registry, model=model.id))
    assert choices.warning(switch) == "Health of pond: has problems. It is slow."
