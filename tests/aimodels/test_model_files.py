"""`manage.py start` with a model whose file is fetched later."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from registry.config.load import load_config
from registry.weights.places import verified
from tests.aimodels.test_start import read_until, start
from tests.support.paths import ROOT
from tests.support.ports import free_port
from tests.support.servers.file_server import Act, file_server

__all__ = ["start"]  # a fixture
pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]  # it loads two models

LATER = """
  later:
    api: openai
    endpoint: http://127.0.0.1:{port}/v1
    api_key: ${{LATER_API_KEY}}
    serve:
      sources: [{{url: "{url}"}}]
      sha256: {sha256}
      size: {size}
      context: 512
      slots: 1
    registry:
      fetched: {{capabilities: [chat]}}
"""


def test_a_model_that_is_not_fetched_is_not_set_up_and_is_served_once_it_is(
    start: Any,
    tmp_path: Path,
) -> None:
    local = load_config((ROOT / "models.yaml").read_bytes(), {}).models.providers["local"].serve
    assert local is not None
    data = verified("local", local).read_bytes()
    models = tmp_path / "models.yaml"
    with file_server(data, Act(cut=50_000_000)) as server:
        section = LATER.format(port=free_port(), url=server.url, size=len(data),
                               sha256=hashlib.sha256(data).hexdigest())  # fmt: skip
        before = "\n# More that a model can have"
        models.write_text((ROOT / "models.yaml").read_text().replace(before, section + before))
        start.environment |= {"MODELS_FILE": str(models), "RELOAD_SECONDS": "0.5"}
        process = start()
        text = read_until(process, "aim_")
        assert "later is not set up: its model is not fetched: run `manage.py models fetch" in text
        headers = {"Authorization": f"Bearer {text.split()[-1]}"}

        def ask(model: str) -> Any:
            body = {"messages": [{"role": "user", "content": "Say hi"}], "max_tokens": 4}
            url = f"http://127.0.0.1:{start.environment['PORT']}/v1/ai/chat/completion"
            return requests.post(
                url, json={**body, "model": model}, headers=headers, timeout=60
            ).json()

        assert ask("local:smollm2:135m")["choices"]
        refused = ask("later:fetched")["error"]
        assert refused["code"] == "provider_unconfigured"
        assert "run `manage.py models fetch later`" in refused["message"]
        fetch = [sys.executable, str(ROOT / "manage.py"), "models", "fetch", "later"]
        subprocess.run(fetch, env=start.environment, check=True, capture_output=True)
    assert "its server runs" in read_until(process, "The model of later was fetched")
    end = time.monotonic() + 30
    while "choices" not in (answer := ask("later:fetched")):
        assert time.monotonic() < end, answer
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode == 0
