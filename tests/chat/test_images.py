"""Images over HTTP: answers, streams, and what no model gets."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import PIXEL, SSE_HEAD, event, http

MODEL = "fake:painter"
PATH = "/v1/images/generations"


def draw(portal: Portal, path: str = PATH, **body: Any) -> requests.Response:
    return portal.post(path, {"prompt": "A cat", "model": MODEL, **body})


def test_images_are_drawn(portal: Portal, fake: FakeProvider) -> None:
    answer = draw(portal, n=2, size="1024x1024", response_format="b64_json", seed=1)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert [row["b64_json"] for row in body["data"]] == [PIXEL, PIXEL]
    assert body["resolution"]["id"] == answer.headers["X-Model"] == MODEL
    assert fake.posts[-1].body == {
        "prompt": "A cat", "model": "painter", "n": 2, "size": "1024x1024",
        "response_format": "b64_json", "seed": 1,
    }  # fmt: skip


def test_only_what_the_caller_sends_is_sent(portal: Portal, fake: FakeProvider) -> None:
    """Some models refuse `response_format`, others need it."""
    draw(portal)
    assert fake.posts[-1].body == {"prompt": "A cat", "model": "painter"}


def test_an_address_in_the_answer_passes(portal: Portal, fake: FakeProvider) -> None:
    rows = [{"url": "https://pictures.example/1.png", "revised_prompt": "A black cat"}]
    fake.script(http(200, {"created": 1, "data": rows}))
    assert draw(portal, response_format="url").json()["data"] == rows


@pytest.mark.parametrize("portal", ["patient"], indirect=True)
def test_a_large_image_is_relayed(portal: Portal, fake: FakeProvider) -> None:
    image = "A" * 8_000_000
    fake.script(http(200, {"created": 1, "data": [{"b64_json": image}]}))
    assert draw(portal).json()["data"][0]["b64_json"] == image


def test_a_stream_is_relayed_with_its_names(portal: Portal) -> None:
    answer = draw(portal, stream=True, partial_images=1)
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    kinds = [line[7:] for line in answer.text.splitlines() if line.startswith("event: ")]
    assert kinds == ["image_generation.partial_image", "image_generation.completed"]


def test_a_stream_that_breaks_off_ends_with_an_error(portal: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event({"type": "image_generation.partial_image", "b64_json": "aGk="}))
    assert '"code":"provider_bad_response"' in draw(portal, stream=True).text


def test_when_the_caller_leaves_the_provider_is_closed(portal: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event({"type": "image_generation.partial_image"}), HANG)
    body = {"prompt": "A cat", "model": MODEL, "stream": True}
    with portal.post(PATH, body, stream=True) as answer:
        next(answer.iter_lines())
    assert fake.posts[-1].peer_closed.wait(1)


@pytest.mark.parametrize(
    ("body", "param"),
    [({"prompt": None}, "prompt"), ({"prompt": ""}, "prompt"), ({"prompt": ["a"]}, "prompt"), ({"n": 0}, "n"),
     ({"n": 11}, "n"), ({"batch_size": 100}, "batch_size"), ({"response_format": "png"}, "response_format"),
     ({"partial_images": 9}, "partial_images"), ({"image": "https://x/y.png"}, "image"),
     ({"image_url": "data:image/png;base64,aGk="}, "image_url"), ({"mask": "aGk="}, "mask"),
     ({"input_image": "aGk="}, "input_image"), ({"images": [{"file_id": "f"}]}, "images"),
     ({"url": "http://x"}, "url"), ({"lora": "x"}, "lora"), ({"webhook_url": "http://x"}, "webhook_url"),
     ({"api_key": "x"}, "api_key"), ({"File": "x"}, "File"), ({"quality": {"url": "x"}}, "quality"),
     ({"scheduler": {"api_base": "x"}}, "scheduler")],
)  # fmt: skip
def test_other_requests_are_refused(
    portal: Portal, fake: FakeProvider, body: dict[str, Any], param: str
) -> None:
    answer = draw(portal, **body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["param"] == param
    assert fake.posts == []


def test_an_answer_that_begins_with_a_space_has_the_resolution(
    portal: Portal, fake: FakeProvider
) -> None:
    fake.script(http(200, b'\n {"data": [{"b64_json": "aGk="}]}'))
    assert draw(portal).json()["resolution"]["id"] == MODEL


def test_unknown_fields_are_dropped_and_reported(portal: Portal) -> None:
    answer = draw(portal, wholly_new=1, image=None, mask="")
    assert answer.headers["X-Dropped"] == "mask, wholly_new"


def test_azures_path_names_the_model(portal: Portal, fake: FakeProvider) -> None:
    path = f"/openai/deployments/{MODEL}/images/generations?api-version=2025-04-01-preview"
    assert draw(portal, path, model="painter").headers["X-Model"] == MODEL
