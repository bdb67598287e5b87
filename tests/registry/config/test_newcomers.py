"""What people who are new to models.yaml write, and the messages that they get."""

from __future__ import annotations

import pytest

from tests.registry.config.loading import load, problems

BASE = """\
models:
  defaults: {chat: "ollama:a:1b"}
  ollama:
    host: http://gpu:11434
    registry:
      "a:1b":
        capabilities: [chat]
        context_window: 4096
"""
OPENAI = """\
models:
  openai:
    endpoint: https://api.example.org/v1
    registry: {a: {capabilities: [chat]}}
"""


def base(old: str, new: str) -> str:
    assert old in BASE
    return BASE.replace(old, new)


def openai(old: str, new: str) -> str:
    assert old in OPENAI
    return OPENAI.replace(old, new)


# name → (a file, the beginning of a message: its place and words)
CASES: dict[str, tuple[str | bytes, str]] = {
    # white space
    "no-break space before a key": (base("    host", "\u00a0   host"), "4:1  U+00A0 (no-break space) is not a space"),
    "no-break space after a colon": (base("host: ", "host:\u00a0"), "4:10  U+00A0"),
    "no-break space in a name": (base('"a:1b":', "a\u00a0b:"), "6:7  U+00A0"),
    "ideographic space": (base("    host", "\u3000\u3000host"), "4:1  U+3000 (ideographic space) is not a space"),
    "thin space": (base("host: ", "host:\u2009"), "4:10  U+2009 (thin space)"),
    "narrow no-break space": (base("        context", "\u202f       context"), "8:1  U+202F"),
    "tab before a model": (base('      "a', '\t"a'), "6:1  A tab cannot indent YAML."),
    "two lines with tabs": (base("    host", "\thost").replace("    registry", "\tregistry"), "5:1  A tab cannot indent YAML."),
    # full-width signs of East Asian keyboards
    "full-width colon": (base("host: ", "host："), "4:9  ： (U+FF1A) is not ':'. Write ':' and a space."),
    "full-width colon in the first line": (base("models:", "models："), "1:7  ： (U+FF1A) is not ':'."),
    "full-width colon of the last key": (base("context_window: 4096", "context_window：4096"), "8:23  ："),
    "full-width comma": (base("[chat]", "[chat，sql]"), "7:24  'chat，sql' is not a capability"),
    "full-width brackets": (base("[chat]", "［chat］"), "7:23  ［ (U+FF3B) is not '['."),
    # quotes and dashes of word processors
    "curly quotes around a default": (base('"ollama:a:1b"', "“ollama:a:1b”"), "2:20  “ (U+201C) is not a quote of YAML."),
    "curly quotes around a key": (base('"a:1b":', "“a:1b”:"), "6:7  “ (U+201C)"),
    "single curly quotes": (base("http://gpu:11434", "‘http://gpu:11434’"), "4:11  ‘ (U+2018)"),
    "guillemets": (base("http://gpu:11434", "«http://gpu:11434»"), "4:11  « (U+00AB)"),
    "low quotes": (base("[chat]", "[„chat“]"), "7:24  „ (U+201E)"),
    "bullets": (base("[chat]", "\n          • chat"), "8:11  • (U+2022) begins no list. Write '-' and a space."),
    "em dashes": (base("[chat]", "\n          — chat\n          — sql"), "8:11  — (U+2014) begins no list."),
    # colons
    "no space after a colon": (base("host: ", "host:"), "4:9  A space is missing after the colon of 'host'. Write `host: …`."),
    "no space before a bracket": (base("capabilities: [", "capabilities:["), "7:21  A space is missing after the colon of 'capabilities'."),
    "no space before a number": (base("window: 4096", "window:4096"), "8:23  A space is missing after the colon"),
    "no space before a quote": (base('chat: "ollama:a:1b"', "chat:ollama:a:1b"), "2:14  A space is missing after the colon of 'chat'."),
    "two lines without a space": (base("host: ", "host:").replace("window: ", "window:"), "8:23  A space is missing"),
    "the only key without a space": ("models:\n  openai:\n    endpoint:https://x/v1\n", "3:5  A space is missing after the colon of 'endpoint'."),
    "no space in braces": (openai("{capabilities: [", "{capabilities:["), "4:32  A space is missing after the colon of 'capabilities'."),
    "a colon in a value": (base("context_window: 4096", "title: Llama: small"), "8:16  This value contains a colon and a space. Put it in quotes."),
    "no colon": (base("    host: http://gpu:11434", "    host http://gpu:11434"), "4:5  This line has no colon. Write `key: value`."),
    "equals sign": (base("    host: http://gpu:11434", "    host = http://gpu:11434"), "4:5  This line has no colon."),
    # variables as other programs write them
    "shell's variable": (base("http://gpu:11434", "$OLLAMA_HOST"), "4:11  This is not how a variable is written here. Write ${OLLAMA_HOST}."),
    "shell's variable in an address": (base("http://gpu:11434", "http://$GPU:11434"), "4:11  This is not how a variable is written here. Write ${GPU}."),
    "Windows' variable in quotes": (base("http://gpu:11434", "'%GPU%'"), "4:11  This is not how a variable is written here. Write ${GPU}."),
    "Windows' variable": (base("http://gpu:11434", "%GPU%"), "4:11  Write ${GPU}."),
    "LiteLLM's variable": (openai("endpoint", "api_key: os.environ/MY_KEY\n    endpoint"), "3:14  This is not how a variable is written here. Write ${MY_KEY}."),
    "GitHub's variable": (openai("endpoint", "api_key: ${{ secrets.MY_KEY }}\n    endpoint"), "3:14  This is not how a variable is written here. Write ${MY_KEY}."),
    "make's variable": (base("http://gpu:11434", "$(GPU)"), "4:11  This is not how a variable is written here. Write ${GPU}."),
    "a default with one dash": (base("http://gpu:11434", "${GPU-http://gpu}"), "4:11  This is not how a variable is written here. Write ${GPU}."),
    "a required variable": (base("http://gpu:11434", "${GPU:?set it}"), "4:11  This is not how a variable is written here. Write ${GPU}."),
    "a variable in a template": (openai("https://api.example.org/v1", "'{{ env.URL }}'"), "3:15  This is not how a variable is written here. Write ${URL}."),
    # keys of other programs
    "base_url": (openai("endpoint", "base_url"), "3:5  'base_url' is not a key here. Did you mean 'endpoint'?"),
    "baseURL": (openai("endpoint", "baseURL"), "3:5  'baseURL' is not a key here. Did you mean 'endpoint'?"),
    "api_base": (openai("endpoint", "api_base"), "3:5  'api_base' is not a key here. Did you mean 'endpoint'?"),
    "apiBase": (openai("endpoint", "apiBase"), "3:5  'apiBase' is not a key here. Did you mean 'endpoint'?"),
    "url": (openai("endpoint", "url"), "3:5  'url' is not a key here. Did you mean 'endpoint'?"),
    "base_url of Ollama": (base("host:", "base_url:"), "4:5  'base_url' is not a key here. Did you mean 'host'?"),
    "token": (openai("endpoint", "token: x\n    endpoint"), "3:5  'token' is not a key here. Did you mean 'api_key'?"),
    "type": (openai("endpoint", "type: openai\n    endpoint"), "3:5  'type' is not a key here. Did you mean 'api'?"),
    "models of a provider": (openai("registry", "models"), "4:5  'models' is not a key here. Did you mean 'registry'?"),
    "context_length": (base("context_window", "context_length"), "8:9  'context_length' is not a key here. Did you mean 'context_window'?"),
    "max_model_len": (base("context_window", "max_model_len"), "8:9  'max_model_len' is not a key here. Did you mean 'context_window'?"),
    "parameters": (base("context_window: 4096", "parameters: {}"), "8:9  'parameters' is not a key here. Did you mean 'options'?"),
    "roles": (base("capabilities", "roles"), "7:9  'roles' is not a key here. Did you mean 'capabilities'?"),
    "PascalCase": (base("host:", "Host:"), "4:5  'Host' is not a key here. Did you mean 'host'?"),
    # the shape of the file
    "no models: at the top": ("openai:\n  endpoint: http://x/v1\n  registry: {a: {capabilities: [chat]}}\n", "1:1  `models:` is missing. Write it above this line"),
    "no models: after defaults": ("defaults: {chat: 'openai:a'}\nopenai: {endpoint: http://x/v1, registry: {a: {capabilities: [chat]}}}\n", "1:1  `models:` is missing."),
    "no models: with base_url": ("groq:\n  base_url: http://x/v1\n", "1:1  `models:` is missing."),
    "registry beside its provider": (base("    registry:", "  registry:"), "5:3  'registry' is a key of a provider. Indent it below"),
    "host beside its provider": (base("    host", "  host"), "5:13  This line is indented deeper than the line above, which has a value"),
    "no address, no format": ("models:\n  groq:\n    registry: {a: {capabilities: [chat]}}\n", "2:3  'endpoint' is missing. Write the address of 'groq'."),
    "one indentation too few": (base("    registry", "   registry"), "5:4  This line is indented with 3 spaces, unlike its neighbours."),
    "an open bracket": (base("[chat]", "[chat"), "8:23  ',' or ']' is expected here, after the '[' on line 7."),
    "an open quote": (base('"ollama:a:1b"}', '"ollama:a:1b}'), "6:8  ',' or '}' is expected here"),
    "an open quote at the end": (BASE + '        title: "A\n', "9:16  This quote is not closed."),
    "git's marks": (base("    host: http://gpu:11434\n", "<<<<<<< ours\n    host: a\n=======\n    host: b\n>>>>>>> theirs\n"), "4:1  This is a mark of git: a merge conflict."),
    "git's three-way marks": (base("    host: http://gpu:11434\n", "<<<<<<< a\n    host: a\n||||||| base\n=======\n    host: b\n>>>>>>> b\n"), "6:1  This is a mark of git"),
    "comments of JSON": ('{\n  // all models\n  "models": {}\n}\n', "2:3  Comments begin with #, not //."),
    "a reserved sign": (base("context_window: 4096", "title: @home"), "8:16  A value cannot begin with '@'. Put it in quotes."),
    "a back quote": (base("context_window: 4096", "title: `a`"), "8:16  ` (U+0060) is not a quote of YAML."),
    "UTF-16, little end first": ("models: {}".encode("utf-16-le"), "1:1  The file is UTF-16, not UTF-8. Save it as UTF-8."),
    "UTF-16, big end first": ("models: {}".encode("utf-16-be"), "1:1  The file is UTF-16"),
    "a list of models": (openai("{a: {capabilities: [chat]}}", "[a, b]"), "4:15  This must be a mapping, a line for each: `name: {capabilities: [chat]}`."),
    "all models": (openai("{a: {capabilities: [chat]}}", "all"), "4:15  This must be a mapping, a line for each"),
    "a name alone": (openai("{a: {capabilities: [chat]}}", "{a: }"), "4:16  'a' has no value. Write a line for each: `name: {capabilities: [chat]}`."),
    "a name without a space": (openai("{a: {capabilities: [chat]}}", "a:b"), "4:15  A space is missing after the colon of 'a'."),
    "a default beside the providers": (openai("openai:", "default: openai:a\n  openai:"), "2:3  'default' is neither a setting nor a provider's section. Did you mean 'defaults'?"),
    "a model that is text": (openai("{capabilities: [chat]}", "chat"), "4:19  This must be a mapping, a line for each: `name: {capabilities: [chat]}`."),
    "a registry without models": (openai("registry: {a: {capabilities: [chat]}}", "registry:"), "4:5  'registry' has no value. Write a line for each: `name:"),
    "one default for all": (openai("openai:", "defaults: openai:a\n  openai:"), "2:13  This must be a mapping, a line for each: `chat: \"provider:name\"`."),
    "defaults beside models": (OPENAI + "defaults: {chat: a}\n", "5:1  'defaults' is outside of `models:`. Indent it."),
    "a wildcard": (openai("{a:", "{'*':"), "4:16  Names have no wildcards. `unlisted: allow` lets callers name any model."),
    # values
    "an empty text": (base("[chat]", '""'), "7:23  This must be a list: [one, two]. Put brackets around it."),
    "a list of one": (base("[chat]", "chat"), "7:23  This must be a list: [one, two]. Put brackets around it."),
    "a default for an undeclared capability": (base("chat: ", "vision: "), "2:22  'vision' is not a capability. Known: chat, sql, embeddings, rerank, transcription, image_generation, title. Declare others in"),
    "temperature": (base("context_window: 4096", "temperature: 0.2"), "8:9  'temperature' is not a key here. Did you mean 'options'?"),
    "a unit": (base("context_window: 4096", "timeout: 30s"), "8:18  This must be a number. Write it in seconds"),
    "thousands": (base("4096", "4k"), "8:25  This must be a whole number. Write it out, without k or M."),
    "groups of digits": (base("4096", "4_096"), "8:25  This must be a whole number. Write the digits only."),
    "a comma at the end": (base("4096", "4096,"), "8:25  This must be a whole number. Delete the ',' at its end."),
    "a number in quotes": (base("4096", "'4096'"), "8:25  This must be a whole number. Write it without quotes"),
    "a default without its provider": (base("ollama:a:1b", "a:1b"), "2:20  'a:1b' is not listed. Did you mean 'ollama:a:1b'?"),
    "another format": ("models:\n  vllm: {endpoint: 'http://x/v1', registry: {a: {capabilities: [chat]}}}\n", "2:3  'vllm' is not a wire format. Set `api:` to one of openai, ollama, anthropic. Most servers understand `api: openai`."),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_newcomers_mistake_has_its_place_and_its_remedy(name: str) -> None:
    text, words = CASES[name]
    messages = problems(text)
    assert any(message.startswith(f"models.yaml:{words}") for message in messages), messages


def test_a_wrong_pass_is_one_mistake() -> None:
    text = openai("registry", "pass: top_k\n    registry")
    assert problems(text) == ["models.yaml:4:11  This must be a list of fields, or 'all'."]


def test_all_mistakes_of_a_section_without_a_format_are_reported_at_once() -> None:
    text = """\
models:
  Groq:
    apiKey: ${GROQ_API_KEY}
    base_url: https://api.groq.com/openai/v1
    models: [a]
    timeout: 5s
"""
    reported = "\n".join(problems(text))
    for words in ("2:3  'Groq' is not a wire format", "2:3  'Groq' is not a valid name for a provider",
                  "3:5  'apiKey'", "4:5  'base_url'", "5:5  'models'", "6:14  This must be a number"):  # fmt: skip
        assert words in reported


def test_a_variable_in_a_misnamed_key_is_not_a_second_mistake() -> None:
    assert len(problems(openai("endpoint", "apiKey: ${KEY}\n    endpoint"))) == 1


def test_mistakes_below_a_missing_models_are_reported_too() -> None:
    text = "openai:\n  base_url: http://x/v1\n  registry: {a: {capabilities: [chta]}}\n"
    reported = "\n".join(problems(text))
    assert "`models:` is missing" in reported
    assert "Did you mean 'endpoint'?" in reported
    assert "Did you mean 'chat'?" in reported


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (openai("/v1", ""), "3:15  This address has no /v1 at its end. Most servers of this format answer at https://api.example.org/v1."),
        (openai("/v1", "/v1/chat/completions"), "3:15  This address ends with /chat/completions, which the portal adds itself. Write https://api.example.org/v1."),
        (openai("/v1", "/v1/embeddings"), "3:15  This address ends with /embeddings"),
        (openai("/v1", "/v1/models"), "3:15  This address ends with /models"),
        (base("11434", "11434/v1"), "4:11  This address ends with /v1, which the portal adds itself. Write http://gpu:11434."),
        (base("11434", "11434/api"), "4:11  This address ends with /api, which the portal adds itself. Write http://gpu:11434."),
        (base("11434", "11434/api/chat"), "4:11  This address ends with /api/chat"),
        (openai("{a:", "{openai:a:"), "4:16  Its ID is 'openai:openai:a'. Write the name only: 'a'."),
        (base("[chat]", "[chat, rerank]"), "7:30  `api: ollama` has no call for 'rerank': requests will be refused. It needs a server of `api: openai`."),
        (base("context_window: 4096", "title: Llama #3"), "8:22  What follows # is a comment."),
    ],
)  # fmt: skip
def test_what_works_but_is_most_likely_wrong_is_a_warning(text: str, warning: str) -> None:
    warnings = [problem.at("models.yaml") for problem in load(text).warnings]
    assert len(warnings) == 1
    assert warnings[0].startswith(f"models.yaml:{warning}")


@pytest.mark.parametrize(
    "text",
    [
        OPENAI,
        BASE,
        base("context_window: 4096", "title: “Llama”\u00a0‘small’ 模型：小").replace("title: “", "title: A “"),
        base("context_window: 4096", 'title: "“Llama”\u00a0small"'),
        base("context_window: 4096", "prompt: |\n          host:x\n          – one\n          “q”: y"),
        base("context_window: 4096", "title: A # comment"),
        openai("https://api.example.org/v1", "${URL:-https://api.example.org/v1}"),
        openai("/v1", "/openai/deployments/a?api-version=1"),
    ],
)  # fmt: skip
def test_what_is_right_is_neither_a_mistake_nor_a_warning(text: str) -> None:
    if "A “Llama”" in text:
        text = text.replace("\u00a0", " ")
    assert load(text).warnings == ()


def test_an_address_with_a_variable_is_not_repeated() -> None:
    text = openai("https://api.example.org/v1", "https://${TENANT}.example.org")
    (warning,) = load(text, TENANT="hunter2").warnings
    assert "no /v1" in warning.message
    assert "hunter2" not in warning.message


def test_a_salt_for_a_server_that_does_not_know_it_is_a_mistake() -> None:
    text = "models:\n  ollama: {host: 'http://x', cache_salt: person}\n"
    assert problems(text) == [
        "models.yaml:2:42  Only servers of `api: openai` know it: vLLM and SGLang."
    ]
