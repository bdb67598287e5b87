"""Transcripts over HTTP: forms, formats, streams, and files of every size."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from core.errors import PortalError
from core.http.form import Held, read_form
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, event, http

MODEL = "fake:scribe"
PATH = "/v1/audio/transcriptions"
FILE = ('Grüße "1".mp3', b"ID3\r\n--x\x00", "audio/mpeg")


def hear(
    portal: Portal, path: str = PATH, file: Any = FILE, more: Any = (), **fields: Any
) -> requests.Response:
    files = [("file", file)] if file else [("none", ("", b""))]
    parts = [*{"model": MODEL, **fields}.items(), *more]
    return portal.call("POST", path, data=parts, files=files)


def test_a_transcript_is_relayed(portal: Portal, fake: FakeProvider) -> None:
    lists = [("timestamp_granularities[]", word) for word in ("word", "segment")]
    answer = hear(
        portal, more=lists, response_format="verbose_json", temperature="0", language="de"
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["text"] == "Hello there."
    assert answer.json()["resolution"]["id"] == answer.headers["X-Model"] == MODEL
    post = fake.posts[-1]
    assert post.path == PATH
    assert post.headers["content-type"].startswith("multipart/form-data; boundary=")
    _, media_type, data = post.body.pop("file")
    assert (media_type, data) == FILE[:0:-1]
    assert post.body == {
        "model": "scribe", "response_format": "verbose_json", "temperature": "0", "language": "de",
        "timestamp_granularities[]": ["word", "segment"],
    }  # fmt: skip


def test_a_translation_has_its_own_path(portal: Portal, fake: FakeProvider) -> None:
    assert hear(portal, "/v1/audio/translations").json()["text"] == "Hello there."
    assert fake.posts[-1].path == "/v1/audio/translations"


@pytest.mark.parametrize("form", ["text", "srt", "vtt"])
def test_text_is_relayed_as_text(portal: Portal, form: str) -> None:
    answer = hear(portal, response_format=form)
    assert (answer.text, answer.headers["Content-Type"]) == (
        "Hello there.\n", "text/plain; charset=utf-8",
    )  # fmt: skip
    assert answer.headers["X-Model"] == MODEL


@pytest.mark.parametrize("stream", ["true", "True", "1"])
def test_a_stream_is_relayed(portal: Portal, fake: FakeProvider, stream: str) -> None:
    answer = hear(portal, stream=stream)
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.text.count("transcript.text.delta") == 2
    assert fake.posts[-1].body["stream"] == "true"


def test_a_model_that_does_not_stream_answers_in_one_event(
    portal: Portal, fake: FakeProvider
) -> None:
    fake.script(http(200, {"text": "Hi"}))
    events = [part for part in hear(portal, stream="true").text.split("\n\n") if part]
    assert events == ['data: {"type":"transcript.text.done","text":"Hi"}']


@pytest.mark.parametrize("portal", ["patient"], indirect=True)
def test_a_file_may_be_larger_than_other_requests(portal: Portal, fake: FakeProvider) -> None:
    data = bytes(range(256)) * 40_000  # 10 MB
    assert hear(portal, file=("a.wav", data, "audio/wav")).status_code == 200
    assert fake.posts[-1].body["file"][2] == data
    too_large = hear(portal, file=("a.wav", b"x" * 28_000_000, "audio/wav"))
    assert too_large.status_code == 413
    assert "27262976" in too_large.json()["error"]["message"]
    assert portal.post("/v1/rerank", {"query": "q" * 9_000_000}).status_code == 413


@pytest.mark.parametrize(
    ("fields", "param"),
    [({"response_format": "png"}, "response_format"), ({"stream": "perhaps"}, "stream"),
     ({"url": "http://x/a.mp3"}, "url"), ({"file_id": "f"}, "file_id"), ({"file_url": "http://x"}, "file_url"),
     ({"audio_url": "http://x"}, "audio_url"), ({"api_base": "http://x"}, "api_base"), ({"api_key": "k"}, "api_key"),
     ({"chunking_strategy[base_url]": "http://x"}, "chunking_strategy"), ({"vllm_xargs": "{}"}, "vllm_xargs"),
     ({"known_speaker_references[]": "http://x"}, "known_speaker_references"), ({"model": "x" * 400}, "model"),
     ({"chunking_strategy": '{"type":"x","base_url":"http://x"}'}, "chunking_strategy"),
     ({"chunking_strategy": '{"url":"http://x","url":null}'}, "chunking_strategy"),
     ({"chunking_strategy": "[" * 99_999 }, "chunking_strategy"), ({"chunking_strategy[url": "x"}, "chunking_strategy"),
     ({"include[0][api_key]": "x"}, "include"), ({"new[base_url]": "http://x"}, "new"), ({"new": '[{"api_key":"x"}]'}, "new"),
     ({"FILE": "x"}, "FILE"), ({"model[]": "other"}, "model"), ({"Model": "other"}, "Model"),
     ({"file[0]": "x"}, "file"), ({"stream[]": "true"}, "stream")],
)  # fmt: skip
def test_other_fields_are_refused(
    portal: Portal, fake: FakeProvider, fields: dict[str, str], param: str
) -> None:
    answer = hear(portal, **fields)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["param"] == param
    assert fake.posts == []


def test_nested_and_unknown_fields(portal: Portal, fake: FakeProvider) -> None:
    answer = hear(portal, **{"chunking_strategy[type]": "server_vad", "wholly_new": "1"})
    assert answer.headers["X-Dropped"] == "wholly_new"
    assert fake.posts[-1].body["chunking_strategy[type]"] == "server_vad"
    assert "wholly_new" not in fake.posts[-1].body


def test_words_that_look_like_json_are_words(portal: Portal, fake: FakeProvider) -> None:
    words = {"prompt": '{"url": "http://x"}', "hotwords": "[music]", "new": "[x"}
    assert hear(portal, **words).headers["X-Dropped"] == "new"
    assert fake.posts[-1].body["prompt"] == words["prompt"]


def test_a_form_has_one_file_and_each_field_once(portal: Portal) -> None:
    assert hear(portal, file=None).json()["error"]["param"] == "file"
    assert hear(portal, more=[("model", "fake:other")]).json()["error"]["param"] == "model"
    several: dict[str, Any] = {"files": [("file", FILE), ("file", FILE)], "data": {"model": MODEL}}
    assert portal.call("POST", PATH, **several).json()["error"]["param"] == "file"
    assert hear(portal, more=[("file", "x")]).json()["error"]["param"] == "file"
    elsewhere: dict[str, Any] = {"files": [("audio", FILE)], "data": {"model": MODEL}}
    assert portal.call("POST", PATH, **elsewhere).json()["error"]["param"] == "file"


def test_a_form_is_wanted_here_and_only_here(portal: Portal) -> None:
    assert portal.post(PATH, {"model": MODEL}).status_code == 415
    files: dict[str, Any] = {"files": [("file", FILE)], "data": {"query": "q"}}
    assert portal.call("POST", "/v1/rerank", **files).status_code == 415
    headers = {"Content-Type": "multipart/form-data"}
    broken = portal.call("POST", PATH, data=b"x", headers=headers)
    assert (broken.status_code, broken.json()["error"]["code"]) == (400, "invalid_request")
    headers = {"Content-Type": "multipart/form-data; boundary*=no''B"}
    assert portal.call("POST", PATH, data=b"x", headers=headers).status_code == 400


def test_a_page_of_another_site_cannot_send_a_form(portal: Portal) -> None:
    cookies = {"sessionid": portal.session_key("ann")}
    answer = portal.call("POST", PATH, who=None, files=[("file", FILE)], cookies=cookies)
    assert answer.status_code == 403


@pytest.mark.parametrize("seconds", [0.0, 0.3])
def test_when_the_caller_leaves_the_provider_is_closed(
    portal: Portal, fake: FakeProvider, seconds: float
) -> None:
    fake.script(seconds, SSE_HEAD + event({"type": "transcript.text.delta", "delta": "a"}), HANG)
    parts: dict[str, Any] = {"files": [("file", FILE)], "data": {"model": MODEL, "stream": "true"}}
    with portal.call("POST", PATH, stream=True, **parts) as answer:
        next(answer.iter_lines())
    assert fake.posts[-1].peer_closed.wait(1)
    fake.script(HANG)
    with pytest.raises(requests.Timeout):
        portal.call("POST", PATH, timeout=0.3, files=[("file", FILE)], data={"model": MODEL})
    assert fake.wait_for_post().peer_closed.wait(1)


def test_azures_path_names_the_model(portal: Portal) -> None:
    path = f"/openai/deployments/{MODEL}/audio/transcriptions?api-version=2024-10-21"
    assert hear(portal, path, model="scribe").headers["X-Model"] == MODEL


def test_an_error_of_the_provider_is_explained(portal: Portal, fake: FakeProvider) -> None:
    fake.script(http(400, {"error": {"message": "Invalid file format.", "param": "file"}}))
    answer = hear(portal)
    error = answer.json()["error"]
    assert error["provider"]["message"] == "Invalid file format."
    assert error["resolution"]["id"] == MODEL


def test_all_uploads_together_are_bounded() -> None:
    held, other = Held(), Held()
    held.add(400 * 1024 * 1024)
    with pytest.raises(PortalError) as caught:
        other.add(200 * 1024 * 1024)
    assert caught.value.code == "overloaded"
    other.release()
    held.release()
    assert Held.total == 0


def test_a_name_of_a_file_has_no_path() -> None:
    body = b'--B\r\nContent-Disposition: form-data; name="file"; filename="../../x.mp3"\r\n\r\nID3\r\n--B--\r\n'
    (file,) = read_form(body, "multipart/form-data; boundary=B").files["file"]
    assert file.name == "x.mp3"
