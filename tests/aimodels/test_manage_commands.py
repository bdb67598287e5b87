"""manage.py: what it prints, and its exit codes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import checks
from django.core.management import CommandError, call_command

from registry.diff import Change, summary
from registry.state.service import service
from tests.support.paths import ROOT

GOOD = """
models:
  defaults: {chat: "openai:a"}
  openai:
    api_key: ${OPENAI_KEY_OF_TESTS}
    endpoint: https://x/v1
    registry:
      a: {capabilities: [chat], title: Alpha}
      b: {capabilities: [embeddings]}
"""
BAD = GOOD.replace("[chat]", "[chta]")
OLD = """
models:
  chat_primary: fast
  ollama: {host: localhost, fast_model: "x:1b"}
"""


@pytest.fixture
def models(tmp_path: Path, settings: Any) -> Path:
    settings.MODELS_FILE = tmp_path / "models.yaml"
    settings.MODELS_FILE.write_text(GOOD)
    return Path(settings.MODELS_FILE)


def run(*arguments: Any) -> str:
    from io import StringIO

    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_list(models: Path) -> None:
    head, first, second = run("models", "list").splitlines()
    assert head.split() == ["MODEL", "CAN", "DO", "DEFAULT", "FOR", "TITLE"]
    assert first.split() == ["openai:a", "chat", "chat", "Alpha"]
    assert second.split() == ["openai:b", "embeddings", "b"]


def test_list_as_json(models: Path) -> None:
    found = json.loads(run("models", "list", "--capability", "embeddings", "--format", "json"))
    assert [m["id"] for m in found["models"]] == ["openai:b"]


def test_show_tells_whether_variables_are_set_and_never_their_values(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "OPENAI_KEY_OF_TESTS: not set" in run("models", "show", "openai:a")
    monkeypatch.setenv("OPENAI_KEY_OF_TESTS", "sk-hidden")
    found = json.loads(run("models", "show", "openai:a", "--format", "json"))
    assert (found["variables"], found["line"]) == ({"OPENAI_KEY_OF_TESTS": "set"}, 8)
    assert "sk-hidden" not in run("models", "show", "openai:a")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [(("show", "openai:c"), 2, "openai:c is not listed. See `models list`."),
     (("list", "--capability", "chta"), 2, "Did you mean 'chat'?"),
     (("check", Path("/nowhere.yaml")), 1, "no such file"),
     (("migrate", Path("/nowhere.yaml")), 1, "no such file")],
)  # fmt: skip
def test_what_is_not_there_has_its_exit_code(
    models: Path, arguments: Any, code: int, words: str
) -> None:
    with pytest.raises(CommandError, match=words.replace("?", r"\?")) as caught:
        call_command("models", *arguments)
    assert caught.value.returncode == code


def test_check_of_a_good_file(models: Path) -> None:
    assert run("models", "check").startswith("models.yaml is fine: 2 models, revision ")


def test_check_of_a_bad_file_exits_with_1(models: Path) -> None:
    models.write_text(BAD)
    with pytest.raises(CommandError, match=r"models\.yaml:8:26  'chta' is not") as caught:
        call_command("models", "check")
    assert caught.value.returncode == 1


def test_check_as_json(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    models.write_text(BAD)
    with pytest.raises(SystemExit) as caught:
        call_command("models", "check", "--format", "json")
    assert caught.value.code == 1
    found = json.loads(capsys.readouterr().out)
    assert found["valid"] is False
    assert {"line": 8, "column": 26}.items() <= found["errors"][0].items()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [(("diff", Path("/nowhere.yaml")), 1, "There is no such file"),
     (("list", "--capability", "chta"), 2, "Did you mean 'chat'?"),
     (("show", "openai:c"), 2, "model_not_found"),
     (("probe", "opnai"), 2, "provider_not_found"),
     (("reload",), 2, "no operator")],
)  # fmt: skip
def test_who_asks_for_json_is_refused_in_json(
    models: Path,
    db: None,
    capsys: pytest.CaptureFixture[str],
    arguments: Any,
    code: int,
    words: str,
) -> None:
    with pytest.raises(SystemExit) as caught:
        call_command("models", *arguments, "--format", "json")
    assert caught.value.code == code
    assert words in str(json.loads(capsys.readouterr().out))


def test_migrate_prints_version_2(models: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.yaml"
    old.write_text(OLD)
    new = tmp_path / "new.yaml"
    new.write_text(run("models", "migrate", old))
    assert run("models", "check", new).startswith("new.yaml is fine: 1 model,")
    assert new.read_text().splitlines()[:3] == ["models:", "  defaults:", "    chat: ollama:x:1b"]


def test_migrate_refuses_what_is_not_valid_afterwards(models: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.yaml"
    old.write_text(OLD.replace("host: localhost", "hots: localhost"))
    with pytest.raises(CommandError, match=r"old\.yaml:4:12  'hots' is not a key"):
        call_command("models", "migrate", old)


def test_a_missing_file_says_which_setting(models: Path) -> None:
    models.unlink()
    with pytest.raises(CommandError, match="Set MODELS_FILE"):
        call_command("models", "list")


# ── System checks ───────────────────────────────────────────────────────────────────────────


def ids(**options: Any) -> list[str]:
    return [message.id or "" for message in checks.run_checks(tags=["registry", "security"], **options)
            if (message.id or "").startswith("registry.")]  # fmt: skip


def test_no_check_complains_of_a_good_file(models: Path) -> None:
    assert ids() == []


def test_e001_names_each_mistake(models: Path) -> None:
    models.write_text(BAD)
    messages = checks.run_checks(tags=["registry"])
    assert {m.id for m in messages} == {"registry.E001"}
    assert str(messages[0].msg).startswith("models.yaml:8:26")
    assert messages[0].hint


def test_w001_names_doubtful_points(models: Path) -> None:
    models.write_text(GOOD.replace("${OPENAI_KEY_OF_TESTS}", "literal"))
    assert ids() == ["registry.W001"]


def test_w002_names_unconfigured_providers_when_deploying(models: Path) -> None:
    assert "registry.W002" in ids(include_deployment_checks=True)
    found = checks.run_checks(tags=["registry"], include_deployment_checks=True)
    assert any("It is the default for chat" in str(message.msg) for message in found)


def test_e003_refuses_any_host_when_deploying(models: Path, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert "registry.E003" in ids(include_deployment_checks=True)


# ── Other commands ──────────────────────────────────────────────────────────────────────────


def test_djangos_own_server_is_not_used() -> None:
    with pytest.raises(CommandError, match=r"manage\.py serve"):
        call_command("runserver")


def test_a_bad_file_stops_the_start(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_registry", None)  # as in a process that just began
    models.write_text(BAD)
    with pytest.raises(CommandError, match="'chta' is not a capability"):
        call_command("serve")


def test_serve_model_wants_a_provider_that_serves(models: Path) -> None:
    with pytest.raises(
        CommandError, match=r"openai has no `serve:`\. Providers with `serve:`: none"
    ):
        call_command("serve_model", "openai")


def test_serve_model_names_the_variable(models: Path) -> None:
    django_settings.MODELS_FILE = ROOT / "models.yaml"
    with pytest.raises(CommandError, match="Set LOCAL_API_KEY first"):
        call_command("serve_model", "local")


def test_diff_tells_what_an_edit_would_do(models: Path, tmp_path: Path) -> None:
    edit = tmp_path / "edit.yaml"
    edit.write_text(
        GOOD.replace('chat: "openai:a"', 'chat: "mine:c"')
        .replace(
            "      a: {capabilities: [chat], title: Alpha}\n", "      d: {capabilities: [chat]}\n"
        )
        .replace("b: {capabilities: [embeddings]}", "b: {capabilities: [embeddings], title: Beta}")
        + "  mine: {api: ollama, host: localhost, registry: {c: {capabilities: [chat]}}}\n"
    )
    assert run("models", "diff", edit).splitlines() == [
        "adds provider mine",
        "adds model mine:c",
        "adds model openai:d",
        "changes model openai:b, its title",
        "removes model openai:a, which answers for chat",
        "changes default chat, openai:a → mine:c",
    ]
    found = json.loads(run("models", "diff", edit, "--format", "json"))
    assert found[0] == {"kind": "adds", "what": "provider", "name": "mine", "detail": ""}
    assert run("models", "diff", models).strip() == "changes nothing"
    edit.write_text(GOOD.replace("models:", "# moved down\n\nmodels:"))
    assert run("models", "diff", edit).strip() == "changes nothing"
    edit.write_text(BAD)
    with pytest.raises(CommandError, match="chta"):
        run("models", "diff", edit)


@pytest.mark.parametrize("command", ["check", "diff", "migrate"])
def test_a_file_may_come_through_a_pipe(models: Path, command: str) -> None:
    """As from a shell's `models diff <(git show HEAD:models.yaml)`."""
    reading, writing = os.pipe()
    with open(writing, "wb") as pipe:
        pipe.write(models.read_bytes())
    try:
        assert run("models", command, f"/dev/fd/{reading}")
    finally:
        os.close(reading)


def test_diff_tells_what_becomes_of_capabilities_and_in_what_things_differ(
    models: Path, tmp_path: Path
) -> None:
    edit = tmp_path / "edit.yaml"
    edit.write_text(
        GOOD.replace("models:", "models:\n  capabilities: [vision, audio]", 1)
        .replace("https://x/v1", "https://y/v1\n    timeout: 9\n    headers: {X-Team: blue}")
        .replace("title: Alpha", "timeout: 9")
    )
    assert run("models", "diff", edit).splitlines() == [
        "adds capability audio",
        "adds capability vision",
        "changes provider openai, its address and key or headers and timeout",
        "changes model openai:a, its title and timeout",
    ]
    assert summary(
        [Change("adds", "capability", "audio"), Change("adds", "capability", "vision")]
    ) == ("adds 2 capabilities")


def test_import_prints_a_file_that_check_takes(models: Path, tmp_path: Path) -> None:
    models.write_text(run("models", "import", Path("tests/data/foreign/litellm.yaml")))
    assert run("models", "check").startswith("models.yaml is fine: 6 models")


def test_import_of_an_unknown_file_names_the_known_ones(models: Path) -> None:
    with pytest.raises(CommandError, match="Files of LiteLLM, LibreChat, Open WebUI"):
        run("models", "import", models)


def test_check_of_another_programs_file_names_the_import(models: Path) -> None:
    with pytest.raises(CommandError, match=r"a file of LibreChat\. `.*models import librechat"):
        run("models", "check", Path("tests/data/foreign/librechat.yaml"))
