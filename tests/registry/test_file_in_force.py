"""The dry run begins with the file in force, without its keys."""

from __future__ import annotations

from registry.admin.tables import file_in_force
from registry.config.load import load_config

FILE = b"""models:
  openai:
    api_key: sk-written-into-the-file
    endpoint: https://api.example/v1
    headers: {X-Team: "${TEAM:-blue}"}
    registry:
      small: {capabilities: [chat]}
"""


def test_keys_that_are_in_the_file_are_hidden_and_variables_are_not() -> None:
    text = file_in_force(load_config(FILE, {"TEAM": "red"}), FILE)
    assert text == FILE.decode().replace("sk-written-into-the-file", "[hidden]")


def test_a_file_that_is_not_in_force_is_not_shown() -> None:
    assert file_in_force(load_config(FILE, {}), FILE + b"# edited\n") == ""
