"""Open WebUI, with the portal as its connection of OpenAI's API and of Ollama's: `make test-open-webui`."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.clients.documented import variables
from tests.support.ports import free_port

PROGRAM = Path(__file__).parents[3] / ".venv-open-webui/bin/open-webui"
ALONE = {"OFFLINE_MODE": "True", "HF_HUB_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False",
         "DO_NOT_TRACK": "true", "SCARF_NO_ANALYTICS": "true"}  # fmt: skip
MAX_START = 180  # seconds: it creates its database, and reads gigabytes
HI = [{"role": "user", "content": "Hi"}]
MODELS = ["oai:talker", "oll:talker", "ollama.oai:talker", "ollama.oll:talker"]


class Interface(requests.Session):
    """Open WebUI's own API, as its administrator."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        person = {"name": "Ann", "email": "ann@example.org", "password": "not-a-secret-1"}
        token = self.post("/api/v1/auths/signup", json=person).json()["token"]
        self.headers["Authorization"] = f"Bearer {token}"

    def request(self, method: Any, path: Any, *args: Any, **more: Any) -> requests.Response:
        return super().request(method, self.url + path, *args, timeout=30, **more)

    def chat(self, model: str, **more: Any) -> requests.Response:
        body = {"model": model, "messages": HI, **more}
        return self.post("/api/chat/completions", json=body)


@pytest.fixture(scope="module")
def interface(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interface]:
    folder, port = tmp_path_factory.mktemp("open-webui"), free_port()
    own = {"DATA_DIR": str(folder), "WEBUI_SECRET_KEY": "only-for-tests-" + "x" * 40}
    environment = {**os.environ, **variables("Open WebUI", "oai:talker"), **ALONE, **own}
    command = [PROGRAM, "serve", "--host", "127.0.0.1", "--port", str(port)]
    log = folder / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=file, stderr=file, stdin=subprocess.DEVNULL
        )
    try:
        wait(process, f"http://127.0.0.1:{port}", log)
        session = Interface(f"http://127.0.0.1:{port}")
        connect_ollama(session)
        yield session
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + MAX_START
    while True:
        try:
            if requests.get(url + "/health", timeout=5).status_code == 200:
                return
        except (requests.ConnectionError, requests.Timeout):
            pass
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.5)


def connect_ollama(session: Interface) -> None:
    """Add the portal as a connection of Ollama's API, as its page of connections does."""
    connection = {"enable": True, "key": os.environ["PORTAL_TOKEN"], "prefix_id": "ollama"}
    config = {"ENABLE_OLLAMA_API": True, "OLLAMA_BASE_URLS": [os.environ["PORTAL_URL"]],
              "OLLAMA_API_CONFIGS": {"0": connection}}  # fmt: skip
    assert session.post("/ollama/config/update", json=config).ok


def test_the_models_are_listed_by_both_connections(interface: Interface) -> None:
    ids = {model["id"] for model in interface.get("/api/models").json()["data"]}
    assert set(MODELS) <= ids


@pytest.mark.parametrize("model", MODELS)
def test_a_chat_is_answered_whole_and_as_a_stream(interface: Interface, model: str) -> None:
    whole = interface.chat(model).json()
    assert whole["choices"][0]["message"]["content"] == "Hello there."
    assert whole["usage"]["total_tokens"] == 12
    streamed = interface.chat(model, stream=True)
    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert streamed.text.rstrip().endswith("data: [DONE]")
    assert "there." in streamed.text


@pytest.mark.parametrize("model", MODELS)
def test_a_chat_gets_a_title(interface: Interface, model: str) -> None:
    chat = [*HI, {"role": "assistant", "content": "Hello there."}]
    body = {"model": model, "messages": chat, "chat_id": "1"}
    title = interface.post("/api/v1/tasks/title/completions", json=body).json()
    assert title["choices"][0]["message"]["content"] == "Hello there."


@pytest.mark.parametrize("model", ["oai:thinker", "ollama.oll:thinker"])
def test_thoughts_are_beside_the_text(interface: Interface, model: str) -> None:
    text = interface.chat(model, stream=True).text
    assert '"reasoning_content"' in text
    assert "They greet me." in text


@pytest.mark.parametrize("model", ["oai:silent", "ollama.oll:silent"])
def test_a_late_answer_is_waited_for(interface: Interface, model: str) -> None:
    assert "there." in interface.chat(model, stream=True).text


@pytest.mark.parametrize("model", ["oai:busy", "ollama.oll:busy"])
def test_a_limit_is_shown_in_the_providers_words(interface: Interface, model: str) -> None:
    busy = interface.chat(model)
    assert busy.status_code == 429
    assert "try again in 2s" in busy.text


def test_documents_are_embedded(interface: Interface) -> None:
    body = {"name": "trip", "content": "Three days in Bonn.", "collection_name": "trips"}
    stored = interface.post("/api/v1/retrieval/process/text", json=body)
    assert stored.json()["status"] is True, stored.text
    vectors = interface.post("/api/embeddings", json={"model": "oai:embedder", "input": ["a"]})
    assert vectors.json()["data"][0]["embedding"] == [1, 0.5, -0.25]
