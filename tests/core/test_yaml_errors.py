"""A mistake has the same words in models.yaml and in the file that lists data sources."""

from __future__ import annotations

import pytest

from core.errors import ConfigError
from registry.config.load import load_config
from workflow.sources.config.load import read as load_sources


def model(fields: str) -> str:
    return f"models: {{openai: {{endpoint: 'http://x', registry: {{a: {{{fields}}}}}}}}}"


def source(fields: str) -> str:
    return f"sources: {{a: {{url: 'sqlite:////a.db', {fields}}}}}"


def model_with(field: str) -> str:
    return model(f"capabilities: [chat], {field}")


def source_with(field: str) -> str:
    return source(f"tables: [a], groups: [a], {field}")


def messages(text: str) -> list[str]:
    """Return what is wrong with `text`, less the lists of the keys that it may have."""
    load = load_config if text.startswith("models") else load_sources
    with pytest.raises(ConfigError) as caught:
        load(text.encode(), {})
    return [problem.message.partition(" Known: ")[0] for problem in caught.value.problems]


LONG = "'" + "long " * 50 + "'"
KEY = "sk-" + "a1" * 20
# kind → a field of each file, with the message
FIELDS = {
    "float above its limit": ("timeout: 1e9", "seconds: 1000", "This must be at most {}.", "86400", "300"),
    "float below its limit": ("timeout: 0", "seconds: 0", "This must be {}.", "greater than 0", "at least 0.1"),
    "integer above its limit": ("context_window: 1000000000", "rows: 1000000", "This must be at most {}.", "100000000", "100000"),
    "integer below its limit": ("context_window: 0", "rows: 0", "This must be at least 1."),
    "text for a float": ("timeout: soon", "seconds: soon", "This must be a number."),
    "text for an integer": ("context_window: many", "rows: many", "This must be a whole number."),
    "float for an integer": ("context_window: 1.5", "rows: 1.5", "This must be a whole number."),
    "text for a boolean": ("raw: yes", "run: yes", "This must be true or false."),
    "number for text": ("title: 5", "title: 5", "This must be text. Put it in quotes."),
    "list for text": ("title: [a]", "title: [a]", "This must be text. Put it in quotes."),
    "empty text": ("title: ''", "title: ''", "This must not be empty."),
    "long text": (f"title: {LONG}", f"title: {LONG}", "This must be at most 200 characters long."),
    "no value": ("title: ", "title: ", "'title' has no value. Give it one, or delete the line."),
    "misspelt key": ("titel: a", "titel: a", "'titel' is not a key here. Did you mean 'title'?"),
    "unknown key": ("xyz: a", "xyz: a", "'xyz' is not a key here."),
    "unknown key that may be a secret": (f"{KEY}: a", f"{KEY}: a", "(a value that looks like a key) is not a key here."),
    "key twice": ("title: a, title: b", "title: a, title: b", "'title' appears twice, first on line 1. Keep one."),
    "variable elsewhere": ("title: '${A}'", "title: '${A}'", "${{…}} is replaced only in {}.", "api_key, endpoint, endpoints, host, headers", "url"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FIELDS)
def test_a_wrong_field_has_the_same_words_in_both_files(kind: str) -> None:
    in_model, in_source, message, *limits = FIELDS[kind]
    expected = [message.format(limit) for limit in limits or ("", "")]
    assert messages(model_with(in_model)) == [expected[0]]
    assert messages(source_with(in_source)) == [expected[1]]


# kind → what a model or a source lacks or has wrongly, with the messages
REQUIRED = {
    "missing": (
        *("title: a", "tables: [a]"),
        "'capabilities' is missing. List what the model can do, for example [chat].",
        "'groups' is missing. List the groups that may see the source.",
    ),
    "misspelt": (
        *("capabilites: [chat]", "tables: [a], group: [a]"),
        "'capabilites' is not a key here. Did you mean 'capabilities'?",
        "'group' is not a key here. Did you mean 'groups'?",
    ),
    "empty list": (*("capabilities: []", "tables: [a], groups: []"), *["This list must not be empty."] * 2),
    "text for a list": (*("capabilities: chat", "tables: [a], groups: a"), *["This must be a list: [one, two]. Put brackets around it."] * 2),
    "number in a list": (*("capabilities: [5]", "tables: [a], groups: [5]"), *["This must be text. Put it in quotes."] * 2),
}  # fmt: skip


@pytest.mark.parametrize("kind", REQUIRED)
def test_a_wrong_list_has_one_message_in_both_files(kind: str) -> None:
    in_model, in_source, model_message, source_message = REQUIRED[kind]
    assert messages(model(in_model)) == [model_message]
    assert messages(source(in_source)) == [source_message]


FILES = {
    "empty": ("", "The file is empty. It must begin with `{}:`."),
    "only a comment": ("# nothing", "The file is empty. It must begin with `{}:`."),
    "a list": ("- a", "The file is not a mapping. It must begin with `{}:`."),
    "text": ("hello", "The file is not a mapping. It must begin with `{}:`."),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(("load", "root_key"), [(load_config, "models"), (load_sources, "sources")])
def test_a_file_without_a_mapping_names_its_first_key(
    load: object, root_key: str, name: str
) -> None:
    text, message = FILES[name]
    with pytest.raises(ConfigError) as caught:
        load(text.encode(), {})  # type: ignore[operator]
    assert [one.message for one in caught.value.problems] == [message.format(root_key)]


HALF = "This `${` is not closed by a variable's name and `}`. Write ${NAME} or ${NAME:-x}."


@pytest.mark.parametrize(
    "text",
    [
        "models: {openai: {endpoint: 'http://${A', registry: {a: {capabilities: [chat]}}}}",
        "sources: {a: {url: 'sqlite:////${A', tables: [a], groups: [a]}}",
    ],
)
def test_half_a_variable_has_the_same_words_in_both_files(text: str) -> None:
    assert messages(text) == [HALF]
