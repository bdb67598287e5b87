"""Who may not use a model gets the answers for a model that does not exist. No HTTP."""

from __future__ import annotations

import pytest

from core.access import Access
from core.errors import PortalError
from registry.config.load import load_config
from registry.entities import Resolution
from registry.gateway.calls import choose
from registry.listing import get_models
from registry.snapshot import Registry
from registry.snapshot.from_config import build

OUTSIDER = frozenset({"others"})
FILE = """
models:
  defaults: {chat: house:hidden, sql: open:old}
  open:
    api: openai
    endpoint: http://localhost:9001/v1
    registry:
      small: {capabilities: [chat]}
      old: {capabilities: [sql], deprecated: true, replacement: "house:hidden"}
  house:
    api: openai
    endpoint: http://localhost:9002/v1
    registry:
      hidden: {capabilities: [chat, sql], allow: [vip]}
      public: {capabilities: [sql]}
  vault:
    api: openai
    endpoint: http://127.0.0.1:9001/v1
    allow: [vip]
    registry:
      hidden: {capabilities: [chat]}
  pond:
    host: http://LOCALHOST:9001
    api: ollama
    registry:
      newt: {capabilities: [chat]}
"""


def registry() -> Registry:
    return build(load_config(FILE.encode(), {}))


def asked(
    model: str, capability: str = "chat", groups: frozenset[str] | None = OUTSIDER
) -> Resolution:
    return choose(registry(), capability, model, Access(groups))


def answer(model: str, capability: str) -> tuple[str, str, object]:
    with pytest.raises(PortalError) as caught:
        asked(model, capability)
    error = caught.value
    return (
        error.code,
        error.message.replace(model, "…").replace(model.split(":")[0], "…"),
        error.resolution,
    )


@pytest.mark.parametrize("capability", ["chat", "sql", "embeddings"])
@pytest.mark.parametrize(
    ("restricted", "invented"),
    [("house:hidden", "house:absent"), ("vault:hidden", "vaulx:hidden"), ("vault:x", "vaulx:x")],
)
def test_a_restricted_name_is_answered_as_an_invented_one(
    restricted: str, invented: str, capability: str
) -> None:
    assert answer(restricted, capability) == answer(invented, capability)


@pytest.mark.parametrize(
    "name",
    ["open:hidden", "open:HIDDEN", "open:library/hidden", "pond:hidden", "pond:hidden:latest",
     "pond:registry.ollama.ai/library/hidden"],
)  # fmt: skip
def test_another_section_of_the_same_server_is_no_way_around(name: str) -> None:
    with pytest.raises(PortalError, match="is not listed; "):
        asked(name)
    assert asked(name, groups=frozenset({"vip"})).registry is False
    assert asked(name, groups=None).registry is False


def test_other_unlisted_names_of_a_shared_server_are_free() -> None:
    assert asked("open:anything").id == "open:anything"


def test_a_restricted_default_is_no_default() -> None:
    with pytest.raises(PortalError, match="No model that you may use is set for 'chat'") as caught:
        asked("")
    assert (caught.value.code, caught.value.resolution) == ("no_default", None)
    assert asked("", groups=frozenset({"vip"})).id == "house:hidden"


def test_a_restricted_replacement_is_not_named() -> None:
    outsider, insider = asked("", "sql"), asked("", "sql", frozenset({"vip"}))
    assert "house:hidden" not in str((outsider.as_dict(), outsider.header_lines))
    assert insider.as_dict()["replacement"] == "house:hidden"
    assert "hidden" not in str(get_models(registry(), groups=OUTSIDER))
    assert "house:hidden" in str(get_models(registry(), groups=frozenset({"vip"})))


def test_the_file_warns_of_ways_around_and_of_restricted_defaults() -> None:
    listed = FILE.replace("      small:", "      hidden: {capabilities: [chat]}\n      small:")
    warnings = [str(warning) for warning in load_config(listed.encode(), {}).warnings]
    assert [w for w in warnings if "for all others there is no default" in w]
    assert [w for w in warnings if "lists this model of the same server for fewer groups" in w]
    assert len([w for w in warnings if "Set `unlisted: deny`" in w]) == 2, "of open and of pond"


def test_the_same_groups_in_both_sections_are_no_mistake() -> None:
    listed = FILE.replace(
        "      small:", "      hidden: {capabilities: [chat], allow: [vip]}\n      small:"
    )
    warnings = [str(warning) for warning in load_config(listed.encode(), {}).warnings]
    assert not [w for w in warnings if "for fewer groups" in w]
