"""The dry run begins with the file in force, without its keys."""

from __future__ import annotations

from registry.admin.tables import configuration, file_in_force
from registry.config.load import load_config

FILE = b"""models:
  openai:
    api_key: sk-written-into-the-file
    endpoint: https://api.example/v1
    headers: {X-Team: "${TEAM:-blue}"}
    registry:
      small: {capabilities: [chat]}
alerts:
  targets:
    ops: {webhook: "https://hooks.example.org/T1/written-too", headers: {X-Key: as-this-is}}
    all: {webhook: "${HOOK}"}
"""
SECRETS = ("sk-written-into-the-file", "https://hooks.example.org/T1/written-too", "as-this-is")


def test_keys_that_are_in_the_file_are_hidden_and_variables_are_not() -> None:
    text = file_in_force(load_config(FILE, {"TEAM": "red"}), FILE)
    shown = FILE.decode()
    for secret in SECRETS:
        shown = shown.replace(secret, "[hidden]")
    assert text == shown


def test_the_page_of_values_shows_no_secret_either() -> None:
    texts = {value.path: value.text for value in configuration(load_config(FILE, {"TEAM": "red"}))}
    assert texts["alerts.targets.ops.webhook"] == texts["alerts.targets.ops.headers.X-Key"] == "set"
    assert texts["alerts.targets.all.webhook"] == "${HOOK}"
    assert not any(secret in text for secret in SECRETS for text in texts.values())


def test_a_file_that_is_not_in_force_is_not_shown() -> None:
    assert file_in_force(load_config(FILE, {}), FILE + b"# edited\n") == ""
