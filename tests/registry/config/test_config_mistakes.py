"""Invalid models.yaml files: each mistake, with its place and its remedy."""

from __future__ import annotations

import time

import pytest

from tests.registry.config.loading import GOOD, KEY, model, problems, provider


def test_all_mistakes_are_reported_at_once_with_their_places() -> None:
    text = """
    models:
      defaults: {chat: "openai:b", sqll: "openai:a"}
      openai:
        endpoint: https://x
        registry:
          a: {capabilities: [chta], titel: A}
          c: {id: "ollama:c", capabilities: [chat], context_window: "12"}
    """
    assert problems(text.replace("\n", "", 1)) == [
        "models.yaml:2:20  'openai:b' is not listed. Add it to its provider's `registry`.",
        "models.yaml:2:38  'sqll' is not a capability. Did you mean 'sql'? Known: chat, sql, "
        "embeddings, rerank, transcription, image_generation, title. Declare others in `models.capabilities`.",
        "models.yaml:6:26  'chta' is not a capability. Did you mean 'chat'? Known: chat, sql, "
        "embeddings, rerank, transcription, image_generation, title. Declare others in `models.capabilities`.",
        "models.yaml:6:33  'titel' is not a key here. Did you mean 'title'? Known: id, "
        "capabilities, title, description, system, context_window, timeout, first_byte, fallback, options, "
        "adjustable, deprecated, replacement, ends, prompt, stop, native_dialect, raw, asks, demo, "
        "structured_output, tokenizer, price, allow.",
        "models.yaml:7:15  'ollama:c' is in the section of 'openai'. IDs begin with the "
        "provider's name.",
        "models.yaml:7:65  This must be a whole number. Write it without quotes and without a "
        "leading 0.",
    ]


MISTAKES: dict[str, tuple[str | bytes, str]] = {
    "unclosed bracket": (GOOD + "  x: [1\n", "9:6  This '[' is not closed. Write ']'."),
    "tab": ("models:\n\topenai: {}\n", "2:1  A tab cannot indent YAML. Use spaces."),
    "key twice": (model("capabilities: [chat], title: A, title: B"), "'title' appears twice"),
    "model twice": (GOOD + "      a: {capabilities: [sql]}\n", "first on line 8. Keep one."),
    "empty": ("", "The file is empty"),
    "comment only": ("# nothing\n", "The file is empty"),
    "null": ("null\n", "The file is empty"),
    "scalar": ("hello\n", "It must begin with `models:`"),
    "list": ("- a\n", "It must begin with `models:`"),
    "no section": ("modles: {}\n", "Did you mean 'models'?"),
    "two documents": (GOOD + "---\na: 1\n", "A second document"),
    "python tag": ("models: !!python/object/apply:os.system [ls]\n", "Tags (!…) are not allowed"),
    "local tag": (model("capabilities: [chat], title: !env X"), "Tags (!…) are not allowed"),
    "anchor": ("models: &a {}\n", "Anchors and aliases"),
    "alias cycle": ("models: &a [*a]\n", "Anchors and aliases"),
    "merge key": ("a: &a {x: 1}\nmodels:\n  <<: *a\n", "Anchors and aliases"),
    "deep nesting": ("models: " + "[" * 2000, "nested more than 20 deep"),
    "mapping as key": ("models: {[a]: 1}\n", "A key must be plain text."),
    "NUL": ("models: {}\0", "The character U+0000 is invisible"),
    "escape code": ("models: {} # \x1b[31m", "The character U+001B is invisible"),
    "zero width": (model("capabilities: [chat], title: 'a\u200bb'"), "U+200B is invisible"),
    "zero width, escaped": (model(r'capabilities: [chat], title: "a\u200bb"'), "U+200B is"),
    "invalid UTF-8": (b"models: {}\n# \xff", "2:3  This byte is not UTF-8"),
    "UTF-16": ("models: {}".encode("utf-16"), "not UTF-8"),
    "number as title": (model("capabilities: [chat], title: 1.5"), "must be text. Put it in quotes"),
    "no as boolean": (model("capabilities: [chat], raw: no"), "must be true or false"),
    "infinity": (model("capabilities: [chat], timeout: .inf"), "must be a number"),
    "negative timeout": (model("capabilities: [chat], timeout: -1"), "must be greater than 0."),
    "long timeout": (model("capabilities: [chat], timeout: 1e9"), "must be at most 86400."),
    "huge context": (model("capabilities: [chat], context_window: 1000000000"), "at most 1000"),
    "time as number": (model("capabilities: [chat], timeout: 12:30"), "must be a number"),
    "octal": (model("capabilities: [chat], context_window: 010"), "must be a whole number"),
    "no capabilities": (model("title: A"), "'capabilities' is missing"),
    "empty capabilities": (model("capabilities: []"), "must not be empty"),
    "capability as text": (model("capabilities: chat"), "must be a list"),
    "wrong id": (model('capabilities: [chat], id: "openai:b"'), "The ID must be 'openai:a'"),
    "absent replacement": (model("capabilities: [chat], replacement: 'openai:z'"), "not listed"),
    "name with a space": (GOOD + "      'a b': {capabilities: [chat]}\n", "is not a valid name"),
    "names that differ in case": (GOOD + "      A: {capabilities: [chat]}\n", "'A' and 'a' are the same model"),
    "provider's name": ("models: {Open AI: {api: openai, endpoint: 'http://x'}}", "valid name for a provider"),
    "unknown format": ("models: {vllm: {endpoint: 'http://x'}}", "Set `api:` to one of openai"),
    "misspelt format": (provider("endpoint: 'http://x', api: opneai"), "Did you mean 'openai'?"),
    "misspelt API": (provider("endpoint: 'http://x', apis: [response]"), "Did you mean 'responses'?"),
    "unknown API": (provider("endpoint: 'http://x', apis: [realtime]"), "Known: responses."),
    "wire format as API": (provider("endpoint: 'http://x', apis: [openai]"), "Write `api: openai`."),
    "API of another format": (provider("endpoint: 'http://x', api: anthropic, apis: [responses]"), "goes with `api: openai` only"),
    "API as text": (provider("endpoint: 'http://x', apis: responses"), "must be a list"),
    "no endpoint": ("models: {openai: {registry: {a: {capabilities: [chat]}}}}", "'endpoint' is missing. Write the address of 'openai'."),
    "host for endpoint": (provider("host: x"), "uses 'endpoint', not 'host'"),
    "not a URL": (provider("endpoint: example.org"), "This is not a URL"),
    "port in words": (provider("endpoint: 'http://x:abc'"), "This is not a URL"),
    "password in URL": (provider("endpoint: 'http://u:p@x'"), "must not contain a password"),
    "fragment in URL": (provider("endpoint: 'http://x/v1#a'"), "must end before '#'"),
    "reserved header": (provider("endpoint: 'http://x', headers: {Host: y}"), "must not be set here"),
    "header of the portal": (provider("endpoint: 'http://x', headers: {X-Request-Id: y}"), "must not be set here"),
    "header's line": (provider(r'endpoint: "http://x", headers: {A: "b\nc"}'), "one line of ASCII"),
    "variable in another field": (model('capabilities: [chat], title: "${HOME}"'), "is replaced only in"),
    "default lacks the capability": (GOOD.replace("{chat:", "{sql:"), "does not have 'sql': its capabilities are chat"),
    "value missing": (model("capabilities: [chat], title: "), "'title' has no value"),
    "misspelt section": (GOOD + "  defualts: {chat: x}\n", "Did you mean 'defaults'?"),
    "no model": ("models: {openai: {endpoint: 'http://x'}}", "No model is listed"),
    "no section at all": ("models: {}", "No model is listed"),
    "null at the top": ("---\n# nothing\n", "The file is empty"),
    "a section without value": (GOOD.replace("api_key: ${OPENAI_API_KEY}", "api_key:"), "'api_key' has no value"),
    "allow without value": (model("capabilities: [chat], allow: "), "'allow' has no value"),
    "api of another type": (provider("endpoint: 'http://x', api: 3"), "must be text"),
    "api without value": (GOOD.replace("api_key: ${OPENAI_API_KEY}", "api:"), "'api' has no value"),
    "nonsense U+FFFE": ("models: {} # \ufffe", "U+FFFE is invisible"),
    "key that looks like pydantic's": (GOOD + "  '[key]': 1\n", "neither a setting nor a provider"),
    "misspelt list": (GOOD + "  capabilites: [vision]\n", "Did you mean 'capabilities'?"),
    "stray scalar": (GOOD + "  version: 2\n", "neither a setting nor a provider's section"),
    "misspelt capabilities": (model("capabilites: [chat]"), "Did you mean 'capabilities'?"),
    "misspelt api": ("models: {vllm: {endpoint: 'http://x', apii: openai, registry: {a: {capabilities: [chat]}}}}", "Did you mean 'api'?"),
    "misspelt endpoint": ("models: {openai: {endpiont: 'http://x', registry: {a: {capabilities: [chat]}}}}", "Did you mean 'endpoint'?"),
    "misspelt registry": (GOOD.replace("registry:", "registery:"), "Did you mean 'registry'?"),
    "misshapen model": (GOOD.replace("{capabilities: [chat]}", "[chat]"), "must be a mapping"),
    "number among capabilities": (GOOD.replace("[chat]", "[5]"), "must be text"),
    "unknown capability, used by default": (GOOD.replace("[chat]", "[chta]"), "Did you mean 'chat'?"),
    "capability twice": (model("capabilities: [chat, chat]"), "'chat' appears twice"),
    "half a variable": (provider("endpoint: 'http://h/${X'"), "is not closed"),
    "nested variable": (provider("endpoint: 'http://h', api_key: '${A:-${B}}'"), "is not closed"),
    "shell's variable": (provider("endpoint: 'http://h', api_key: $KEY"), "Write ${KEY}."),
    "variable as a name": (GOOD + "      '${X}': {capabilities: [chat]}\n", "is replaced only in"),
    "URL's empty query": (provider("endpoint: 'http://x/v1?'"), "not with '?'"),
    "URL in a URL": (provider("endpoint: 'http://http://x'"), "This is not a URL"),
    "wrong although a variable is unset": (provider("endpoint: 'rubbish', api_key: '${NEVER}'"), "not a URL"),
    "header twice": (provider("endpoint: 'http://x', headers: {X-A: b, x-a: c}"), "appears twice"),
    "its own replacement": (model("capabilities: [chat], replacement: 'openai:a'"), "cannot be its own"),
    "empty replacement": (model("capabilities: [chat], replacement: ''"), "must not be empty"),
    "endpoint of another type": (provider("endpoint: 5"), "must be text"),
    "capability's name": (GOOD + "  capabilities: ['a b']\n", "is not a valid name for a capability"),
    "limit as text": (GOOD + "limits: {everyone: {answers: '5'}}\n", "9:30  This must be a whole number."),
    "negative limit": (GOOD + "limits: {everyone: {answers: -5}}\n", "must be at least 0."),
    "misspelt limit": (GOOD + "limits: {everyone: {anwsers: 5}}\n", "Did you mean 'answers'?"),
    "misspelt limit of a group": (GOOD + "limits: {groups: {batch: {request_per_minute: 5}}}\n", "Did you mean 'requests_per_minute'?"),
    "group beside groups": (GOOD + "limits: {batch: {answers: 5}}\n", "'batch' is not a key here. Known: everyone, groups."),
    "limits without value": (GOOD + "limits:\n", "'limits' has no value"),
    "limits of a group without value": (GOOD + "limits: {groups: {batch: }}\n", "'batch' has no value"),
    "limits as a number": (GOOD + "limits: 5\n", "9:9  This must be a mapping"),
    "limits below models": (GOOD + "  limits: {everyone: {answers: 5}}\n", "9:3  'limits' is a key beside `models:`. Indent it less."),
    "unknown kind of identifier": (GOOD + "local_only: {identifiers: [card, ibn]}\n", "9:34  'ibn' is not a kind of identifier. Did you mean 'iban'? Known: card, iban, at_vnr"),
    "identifiers as text": (GOOD + "local_only: {identifiers: card}\n", "9:27  This must be a list"),
    "misspelt identifiers": (GOOD + "local_only: {identifier: [card]}\n", "Did you mean 'identifiers'?"),
    "local_only as a truth value": (GOOD + "local_only: true\n", "9:13  This must be a mapping"),
    "local_only below models": (GOOD + "  local_only: {identifiers: [card]}\n", "9:3  'local_only' is a key beside `models:`. Indent it less."),
    "budget without amount": (GOOD + "budgets: {lunch: {per: day}}\n", "9:11  Write how much it is: `tokens` or `money`."),
    "budget with two amounts": (GOOD + "budgets: {lunch: {per: day, tokens: 5, money: 5}}\n", "make two budgets"),
    "budget without period": (GOOD + "budgets: {lunch: {tokens: 5}}\n", "'per' is missing"),
    "budget of another period": (GOOD + "budgets: {lunch: {per: year, tokens: 5}}\n", "'day', 'week' or 'month'"),
    "misspelt key of a budget": (GOOD + "budgets: {lunch: {per: day, token: 5}}\n", "Did you mean 'tokens'?"),
    "budget of no capability": (GOOD + "budgets: {lunch: {per: day, tokens: 5, capabilities: [chatt]}}\n", "Did you mean 'chat'?"),
    "budget of no group": (GOOD + "budgets: {lunch: {per: day, tokens: 5, groups: []}}\n", "`groups` names no one."),
    "bad name of a budget": (GOOD + "budgets: {Für alle: {per: day, tokens: 5}}\n", "Name a budget with a-z"),
    "currency of tokens": (GOOD + "budgets: {lunch: {per: day, tokens: 5, currency: EUR}}\n", "`currency` goes with `money`."),
    "budgets as a list": (GOOD + "budgets: [5]\n", "This must be a mapping"),
    "target without address": (GOOD + "alerts: {targets: {ops: {}}}\n", "9:20  Write where its messages go"),
    "target with two addresses": (GOOD + "alerts: {targets: {ops: {webhook: 'https://x', mail: [a@b.org]}}}\n", "make two targets"),
    "bad name of a target": (GOOD + "alerts: {targets: {Die Anderen: {mail: [a@b.org]}}}\n", "Name a target with a-z"),
    "headers of mail": (GOOD + "alerts: {targets: {ops: {mail: [a@b.org], headers: {X-A: b}}}}\n", "`headers` go with `webhook`."),
    "bad webhook": (GOOD + "alerts: {targets: {ops: {webhook: example.org}}}\n", "9:35  This is not a URL"),
    "bad address of mail": (GOOD + "alerts: {targets: {ops: {mail: [ops]}}}\n", "9:33  This is not an address of mail"),
    "bad header of a webhook": (GOOD + "alerts: {targets: {ops: {webhook: 'https://x', headers: {Host: x}}}}\n", "must not be set here"),
    "unknown alert": (GOOD + "alerts: {targets: {ops: {mail: [a@b.org], on: [bugdet]}}}\n", "'budget'"),
    "misspelt key of a target": (GOOD + "alerts: {targets: {ops: {mails: [a@b.org]}}}\n", "Did you mean 'mail'?"),
    "misspelt key of alerts": (GOOD + "alerts: {target: {}}\n", "Did you mean 'targets'?"),
    "misspelt key of a silence": (GOOD + "alerts: {silence: [{off: x, until: 2026-12-24}]}\n", "'off' is not a key here."),
    "bad time of a silence": (GOOD + "alerts: {silence: [{until: tomorrow}]}\n", "9:28  Write a day"),
    "variable in a silence": (GOOD + "alerts: {silence: [{of: '${XY}', until: 2026-12-24}]}\n", "is replaced only in webhook, headers, mail."),
    "variable of another form": (GOOD + "alerts: {targets: {ops: {webhook: $HOOK}}}\n", "Write ${HOOK}."),
    "bad end of a model": (model("capabilities: [chat], ends: soon"), "Write a day: 2026-12-24."),
    "negative budget": (GOOD + "budgets: {lunch: {per: day, tokens: -5}}\n", "must be at least 1"),
    "notice without text": (GOOD + "notices:\n  - {level: info}\n", "'text' is missing"),
    "level of a notice": (GOOD + "notices:\n  - {text: a, level: red}\n", "10:22  This must be 'info' or 'warning'"),
    "notices as text": (GOOD + "notices: Hello\n", "9:10  This must be a list"),
    "key of a notice": (GOOD + "notices:\n  - {text: a, form: 2026-12-01}\n", "Did you mean 'from'? Known: text, level, from, until, groups."),
    "time of a notice": (GOOD + "notices:\n  - {text: a, from: 1.12.2026}\n", "10:21  Write a day, 2026-12-24, or a time, 2026-12-24T18:00."),
    "day that is not there": (GOOD + "notices:\n  - {text: a, until: 2026-02-30}\n", "10:22  Write a day"),
    "last day of all": (GOOD + "notices:\n  - {text: a, until: 9999-12-31}\n", "10:22  Write a day"),
    "end of a notice": (GOOD + "notices:\n  - {text: a, from: 2026-12-02, until: 2026-12-01}\n", "10:40  This is not after `from`."),
    "prompt without text": (GOOD + "prompts:\n  - {title: A}\n", "'text' is missing"),
    "key of a prompt": (GOOD + "prompts:\n  - {title: A, text: b, group: c}\n", "Did you mean 'groups'?"),
    "prompts below models": (GOOD + "  prompts: []\n", "9:3  'prompts' is a key beside `models:`. Indent it less."),
    "variable in a limit": (GOOD + "limits: {everyone: {answers: '${X}'}}\n", "must be a whole number"),
}  # fmt: skip


def test_a_mistake_in_limits_hides_none_in_models() -> None:
    text = model("capabilities: [chat], titel: A") + "limits: {everyone: 5}\n"
    assert len(problems(text)) == 2


# An anchor and its alias are two places; each is reported.
TWICE = {"alias cycle": 2, "merge key": 2, "variable in a limit": 2}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_reported_with_its_place_and_remedy(name: str) -> None:
    text, words = MISTAKES[name]
    messages = problems(text)
    assert len(messages) == TWICE.get(name, 1), messages
    assert words in messages[-1]
    assert messages[0].startswith("models.yaml:")


def test_ollamas_tag_latest_is_the_name_without_it() -> None:
    text = "models: {ollama: {host: h, registry: {x: {capabilities: [chat]}, 'x:latest': {capabilities: [chat]}}}}"
    assert "are the same model" in problems(text)[0]


def test_a_file_over_the_limit_is_not_parsed() -> None:
    assert "larger than 16 MiB" in problems(b"#" * (16 * 1024 * 1024 + 1))[0]


@pytest.mark.parametrize(
    "field", ["api_key: [{}]", "endpoint: {}", "api: {}", "{}: 1", "unlisted: {}"]
)
def test_a_value_that_may_be_a_key_is_never_quoted(field: str) -> None:
    secret = "sk-proj-abcdef0123456789"
    assert secret not in "\n".join(problems(provider(field.format(secret))))


def test_a_wrong_value_of_a_variable_is_not_quoted() -> None:
    text = GOOD.replace("https://api.example.org/v1/", "http://h:${PORT}/v1")
    assert "hunter2" not in "\n".join(problems(text, PORT="hunter2", **KEY))


def test_mistakes_of_syntax_and_of_rules_are_reported_together() -> None:
    text = GOOD.replace("a:", "a: {capabilities: [chat], foo: 1}\n      a:")
    assert len(problems(text)) == 2


@pytest.mark.parametrize("hidden", ["\0" * 200_000, "a" * 200_000])
def test_a_file_with_a_huge_value_is_rejected_quickly(hidden: str) -> None:
    started = time.monotonic()
    problems("models: {defaults: {chat: '" + hidden + "'}}")
    assert time.monotonic() - started < 2
