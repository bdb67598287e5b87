"""Streams that real servers send beside OpenAI's documents: name → bytes, in our own words."""

from __future__ import annotations

import json
from typing import Any

from tests.support.provider_messages import DONE, USAGE, chunk, completion, event

ROLE = chunk("")
STOP = chunk(finish="stop")
END: dict[str, Any] = {**chunk(), "choices": [], "usage": USAGE}


def delta(finish: str | None = None, choice: dict[str, Any] | None = None, **fields: Any) -> Any:
    """Return a chunk with these fields in its delta, and those of `choice` beside it."""
    row = {"index": 0, "delta": fields, "finish_reason": finish, **(choice or {})}
    return {**chunk(), "choices": [row]}


def sent(*chunks: Any, done: bytes = DONE) -> bytes:
    return b"".join(map(event, chunks)) + done


def call(name: Any = "weather", arguments: Any = '{"city":"Bonn"}', **more: Any) -> Any:
    function = {"name": name, "arguments": arguments}
    return {"id": "c1", "type": "function", "function": function, **more}


def continued(arguments: str, **more: Any) -> Any:
    return {"function": {"arguments": arguments}, **more}


def calls(*deltas: list[Any], finish: str = "tool_calls") -> bytes:
    chunks = [delta(tool_calls=row) for row in deltas]
    return sent(ROLE, *chunks, delta(finish), END)


WHOLE = completion("Hello")
# Each says "Hello" and stops.
TEXTS = {
    # Azure: filter results come first, without a choice.
    "filter first": sent({**chunk(), "choices": [], "prompt_filter_results": [{"prompt_index": 0}]}, chunk("Hello"), STOP, END),
    # OpenRouter: the usage chunk has a choice.
    "usage with a choice": sent(chunk("Hello"), STOP, {**chunk(""), "usage": USAGE}),
    # LiteLLM and mlx: so, and the choice lacks most.
    "usage with half a choice": sent(chunk("Hello"), STOP, {**END, "choices": [{"index": 0, "delta": {}}]}),
    # xAI, Perplexity, vLLM: usage on each chunk.
    "usage on each": sent(*[{**c, "usage": USAGE} for c in (chunk("Hel"), chunk("lo"), STOP)]),
    # shell_gpt's servers: null choices.
    "usage with null choices": sent(chunk("Hello"), STOP, {**END, "choices": None}),
    # Small servers: no choices at all.
    "usage alone": sent(chunk("Hello"), STOP, {"usage": USAGE}),
    # Compatible gateways: null for an empty delta.
    "null delta": sent(chunk("Hello"), delta("stop", {"delta": None}), END),
    # Ollama and SGLang, older: an empty reason until the last.
    "empty reasons": sent(chunk("Hel", ""), chunk("lo", ""), STOP, END),
    # Gemini, 2024: the reason on each chunk.
    "reason on each": sent(chunk("Hel", "stop"), chunk("lo", "stop"), END),
    # Gemini's proxies: no end mark.
    "no mark": sent(chunk("Hello"), STOP, END, done=b""),
    # TGI: no space after the colon.
    "no space": sent(chunk("Hello"), STOP, END).replace(b"data: ", b"data:"),
    # .NET: a byte order mark.
    "byte order mark": b"\xef\xbb\xbf" + sent(chunk("Hello"), STOP, END),
    # OpenRouter: comments while it waits.
    "comments": b": PROCESSING\n\n: PROCESSING\n\n" + sent(chunk("Hello"), STOP, END).replace(b"data: ", b": PROCESSING\n\ndata: ", 2),
    # DeepSeek: empty lines while it waits.
    "empty lines": b"\n\n\n: keep-alive\n\n" + sent(chunk("Hello"), STOP, END),
    # DashScope and Java servers: other fields of an event.
    "other fields": sent(chunk("Hello"), STOP, END).replace(b"data:", b"id:1\nevent:result\n:HTTP_STATUS/200\nretry: 10\ndata:"),
    # IIS: CRLF.
    "crlf": sent(chunk("Hello"), STOP, END).replace(b"\n", b"\r\n"),
    # Small servers: the last event has no end.
    "no last line end": sent(chunk("Hello"), STOP, END).rstrip(b"\n"),
    # TGI up to 1.4: the choice's index counts tokens.
    "index counts tokens": sent(delta(content="Hel", choice={"index": 1}), delta(content="lo", choice={"index": 2}), delta("stop", {"index": 3}), END),
    # Gateways in PHP: an index as text.
    "index as text": sent(delta(content="Hello", choice={"index": "0"}), delta("stop", {"index": "0"}), END),
    # Servers that print their JSON.
    "printed": b"".join(b"data: " + json.dumps(c, indent=1).encode().replace(b"\n", b"\ndata: ") + b"\n\n" for c in (chunk("Hello"), STOP, END)) + DONE,
    # Gateways in the manner of Anthropic: pings.
    "pings": sent(chunk("Hel")) [: -len(DONE)] + b'event: ping\ndata: {"type": "ping"}\n\n' + sent(chunk("lo"), STOP, END),
    # Chinese gateways: an event that says that all is well.
    "success": sent({"code": 0, "message": "success"}, chunk("Hello"), STOP, END),
    # MiniMax: the same in its own fields.
    "base_resp": sent(chunk("Hello"), STOP, END, {"base_resp": {"status_code": 0, "status_msg": "success"}}),
    # PHP gateways: numbers as text.
    "numbers as text": sent({**chunk("Hello"), "created": "1"}, STOP, {**END, "usage": {"prompt_tokens": "7"}}),
    # Small servers: a choice and nothing else.
    "bare": sent({"choices": [{"delta": {"content": "Hello"}}]}, {"choices": [{"delta": {}, "finish_reason": "stop"}]}),
    # vLLM: numbers that are no JSON.
    "infinite": event(chunk("Hello")).replace(b'"finish_reason"', b'"logprobs": {"content": [{"logprob": -Infinity}]}, "finish_reason"') + sent(STOP, END),
    # Servers that do not stream: one answer, on one line or printed, or as an event.
    "whole": json.dumps(WHOLE).encode(),
    "whole, printed": json.dumps(WHOLE, indent=2).encode(),
    "whole, as an event": sent(WHOLE),
    # Servers that send lines and no events.
    "lines": b"".join(json.dumps(c).encode() + b"\n" for c in (chunk("Hello"), STOP, END)),
    # MiniMax: the last chunk repeats the whole message.
    "repeated": sent(chunk("Hello"), {**WHOLE, "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}]}),
    # Perplexity: each chunk has the message up to now beside its delta.
    "message beside delta": sent(*[delta(content=c, choice={"message": {"role": "assistant", "content": m}}) for c, m in (("Hel", "Hel"), ("lo", "Hello"))], delta("stop", {"message": {"content": "Hello"}}), END),
    # KoboldCpp and text-generation-webui, older: the form of completions.
    "text": sent({"choices": [{"index": 0, "text": "Hello"}]}, {"choices": [{"index": 0, "text": "", "finish_reason": "stop"}]}),
    # Gateways of the Vercel kind: empty lists of tool calls on each delta.
    "empty lists": sent(delta(content="Hello", tool_calls=[]), delta("stop", tool_calls=[]), END),
    # vLLM: null for each field.
    "nulls": sent(delta(role="assistant", content="Hello", tool_calls=None, function_call=None, refusal=None, reasoning=None), delta("stop", content=None), END),
    # Mistral's thinking models: parts, then text.
    "parts": sent(delta(content=[{"type": "text", "text": "Hel"}]), chunk("lo"), STOP, END),
    # Groq: its own object on the first and last chunk.
    "x_groq": sent({**chunk("Hello"), "x_groq": {"id": "r"}}, {**STOP, "x_groq": {"id": "r", "usage": USAGE}}, END),
    # Gateways: parts that are texts, or one part alone, or a delta that is a text.
    "texts as parts": sent(delta(content=["Hel", "lo"]), STOP, END),
    "one part": sent(delta(content={"type": "text", "text": "Hello"}), STOP, END),
    "a text as delta": sent({**chunk(), "choices": [{"index": 0, "delta": "Hello"}]}, STOP, END),
    "a choice alone": sent({**chunk(), "choices": {"index": 0, "delta": {"content": "Hello"}}}, STOP, END),
    # Gateways to Gemini: reasons in capitals; DashScope: a text for null; TGI and others: their own words.
    "capitals": sent(chunk("Hello"), chunk(finish="STOP"), END),
    "null as text": sent(chunk("Hel", "null"), chunk("lo", "null"), STOP, END),
    "eos_token": sent(chunk("Hello"), chunk(finish="eos_token"), END),
    # Proxies: the prefix twice, no blank lines, two objects in an event.
    "prefix twice": sent(chunk("Hello"), STOP, END).replace(b"data: ", b"data: data: "),
    "no blank lines": sent(chunk("Hel"), chunk("lo"), STOP, END).replace(b"\n\n", b"\n"),
    "two in an event": sent(chunk("Hel"), chunk("lo"), STOP, END).replace(b"\n\n", b"\n", 1),
    # Gateways: events that say nothing, and an end mark in quotes.
    "nothing": b'data: null\n\ndata: []\n\ndata: ""\n\ndata: ping\n\ndata: {"type": "heartbeat", "message": "x"}\n\n' + sent(chunk("Hello"), STOP, END),
    "a mark in quotes": sent(chunk("Hello"), STOP, END, done=b'data: "[DONE]"\n\n'),
    # Servers in Go: an empty error in each chunk.
    "empty errors": sent(*[{**c, "error": {"message": "", "type": "", "code": None}} for c in (chunk("Hello"), STOP, END)]),
    # Gateways: an error after the end changes nothing.
    "error after the end": sent(chunk("Hello"), STOP, {"error": {"message": "late"}}),
}  # fmt: skip
# Each ends complete, with a text that is not "Hello", or without "stop".
ENDS = {
    # Small servers: no reason, but a mark.
    "no reason": (sent(chunk("Hello")), "Hello", []),
    # Azure: the filter removes all.
    "filtered": (sent(delta("content_filter")), "", ["content_filter"]),
    # Azure's asynchronous filter: an annotation without delta ends the answer.
    "filtered later": (sent(chunk("Hello"), {"choices": [{"index": 0, "finish_reason": "content_filter", "content_filter_offsets": {}}]}), "Hello", ["content_filter"]),
    # OpenAI: a refusal has its own field.
    "refusal": (sent(delta(refusal="Hel"), delta(refusal="lo"), STOP, END), "Hello", ["refusal"]),
    # Servers with reasons of their own.
    "own reasons": (sent(chunk("Hello"), delta("bored")), "Hello", ["bored"]),
    # Gateways to Gemini: the answer was cut off.
    "a limit in capitals": (sent(chunk("Hello"), delta("MAX_TOKENS")), "Hello", ["length"]),
    # Workers AI: a token that spells a number is one.
    "numbers": (sent(chunk("[")) [: -len(DONE)] + sent(delta(content=1), chunk("] $"), delta(content=0.5), delta(content=True), STOP), "[1] $0.5true", ["stop"]),
    # Servers that cut characters in two.
    "half a character": (sent(chunk("Hello"), STOP).replace(b"Hello", b"Hel\xff"), "Hel\ufffd", ["stop"]),
    # Servers that write the reason as an object (SGLang's engine).
    "a reason that is an object": (sent(chunk("Hello"), delta({"type": "stop"})), "Hello", []),  # type: ignore[arg-type]
}  # fmt: skip
# Each has the reasoning "I think so." before "Hello".
THOUGHTS = {
    # DeepSeek, vLLM before 0.19.
    "reasoning_content": sent(delta(reasoning_content="I think", content=None), delta(reasoning_content=" so."), chunk("Hello"), STOP, END),
    # OpenRouter, Groq, vLLM, Ollama.
    "reasoning": sent(delta(reasoning="I think"), delta(reasoning=" so."), chunk("Hello"), STOP, END),
    # OpenRouter: with details.
    "details": sent(delta(reasoning="I think so.", reasoning_details=[{"type": "reasoning.text", "text": "I think so."}]), chunk("Hello"), STOP, END),
    # vLLM between two names: both.
    "both": sent(delta(reasoning_content="I think so.", reasoning="I think so."), chunk("Hello"), STOP, END),
    # Mistral's thinking models.
    "parts": sent(delta(content=[{"type": "thinking", "thinking": [{"type": "text", "text": "I think so."}]}]), delta(content=[{"type": "text", "text": "Hello"}]), STOP, END),
    # Envoy's gateway: an object with the signature; others: a list of summaries.
    "object": sent(delta(reasoning_content={"text": "I think so.", "signature": "x"}), chunk("Hello"), STOP, END),
    "list": sent(delta(reasoning=[{"type": "summary_text", "text": "I think so."}]), chunk("Hello"), STOP, END),
    # Servers that do not stream.
    "whole": json.dumps({**WHOLE, "choices": [{"index": 0, "message": {"content": "Hello", "reasoning_content": "I think so."}, "finish_reason": "stop"}]}).encode(),
}  # fmt: skip
BONN, ROME = ("weather", '{"city":"Bonn"}'), ("weather", '{"city":"Rome"}')
# Each calls tools: the calls as a client reads them.
TOOLS = {
    # OpenAI.
    "plain": (calls([call(arguments="", index=0)], [continued('{"city":', index=0)], [continued('"Bonn"}', index=0)]), [BONN]),
    # Gemini: no index; its finish reason is "stop".
    "no index": (calls([call(extra_content={"google": {}})], finish="stop"), [BONN]),
    "no index, two in one chunk": (calls([call(), call(arguments=ROME[1], id="c2")]), [BONN, ROME]),
    "no index, two chunks": (calls([call()], [call(arguments=ROME[1], id="c2")]), [BONN, ROME]),
    "no index, in pieces": (calls([call(arguments='{"city":')], [continued('"Bonn"}')], [call(arguments=ROME[1], id="c2")]), [BONN, ROME]),
    # Ollama's /v1, LiteLLM and Dynamo: index 0 for each call.
    "index 0 for each": (calls([call(index=0)], [call(arguments=ROME[1], id="c2", index=0)]), [BONN, ROME]),
    "index 0 for each, in one chunk": (calls([call(index=0), call(arguments=ROME[1], id="c2", index=0)]), [BONN, ROME]),
    "index 0 for each, in pieces": (calls([call(arguments='{"city":', index=0)], [continued('"Bonn"}', index=0)], [call(arguments='{"city":', id="c2", index=0)], [continued('"Rome"}', index=0)]), [BONN, ROME]),
    "index 0 for each, pieces with IDs": (calls([call(arguments='{"city":', index=0), call(arguments='{"city":', id="c2", index=0)], [continued('"Rome"}', id="c2", index=0)], [continued('"Bonn"}', id="c1", index=0)]), [BONN, ROME]),
    # Older vLLM: another ID for each piece.
    "another ID for each piece": (calls([call(arguments="", index=0)], [continued('{"city":', id="x", index=0)], [continued('"Bonn"}', id="y", index=0)]), [BONN]),
    # SGLang and gateways: null in the place of fields that are left out.
    "nulls": (calls([call(arguments="", index=0)], [call(name=None, id=None, index=0)]), [BONN]),
    # Gateways: the name comes later; empty texts.
    "the name later": (calls([call(name="", arguments="", index=0)], [call(id="", index=0)]), [BONN]),
    # Gateways: the same ID on each piece.
    "the same ID on each piece": (calls([call(arguments='{"city":', index=0)], [call(name=None, arguments='"Bonn"}', index=0)]), [BONN]),
    # LiteLLM and llama.cpp: arguments are an object.
    "an object": (calls([call(arguments={"city": "Bonn"}, index=0)]), [BONN]),
    # PHP gateways: an index as text, an ID as a number.
    "texts and numbers": (calls([call(index="0", id=7)]), [BONN]),
    # Gateways: one call, and no list.
    "no list": (sent(ROLE, delta(tool_calls=call(index=0)), delta("tool_calls"), END), [BONN]),
    # Indexes from 1 (OmniRoute and other gateways).
    "from 1": (calls([call(index=1)], [call(arguments=ROME[1], id="c2", index=2)]), [BONN, ROME]),
    # Servers that do not stream.
    "whole": (json.dumps({**WHOLE, "choices": [{"index": 0, "message": {"content": None, "tool_calls": [call(), call(arguments={"city": "Rome"}, id="c2")]}, "finish_reason": "tool_calls"}]}).encode(), [BONN, ROME]),
}  # fmt: skip
# Each ends with an error: its code, and a part of its words.
ERRORS = {
    # Gateways: an error, then a mark.
    "first event": (sent({"error": {"message": "quota exceeded for today", "type": "x"}}), "provider_error", "quota exceeded"),
    # OpenRouter: while it writes.
    "code as a number": (sent(chunk("Hello"), {"id": "g", "choices": [], "error": {"code": 429, "message": "request limit"}}), "provider_rate_limited", "request limit"),
    "in the chunk": (sent(chunk("Hello"), {**chunk("", "error"), "error": {"code": "server_error", "message": "the upstream broke"}}), "provider_error", "upstream broke"),
    "in the choice": (sent(chunk("Hello"), delta("error", {"error": {"code": 502, "message": "the upstream broke"}})), "provider_error", "upstream broke"),
    # vLLM and SGLang: the engine aborted it, although a mark follows.
    "abort": (sent(chunk("Hello"), delta("abort"), END), "provider_error", "ended the answer"),
    # Groq: in its own object.
    "x_groq": (sent(chunk("Hello"), {**chunk(), "x_groq": {"error": "over capacity"}}), "provider_error", "over capacity"),
    # Groq, DeepInfra, Together: a word as code.
    "code as a word": (sent(chunk("Hello"), {"error": {"message": "Slow down", "code": "rate_limit_exceeded"}}), "provider_rate_limited", "Slow down"),
    # Anthropic's kind, and OpenAI under load.
    "typed": (sent(chunk("Hello"), {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}), "overloaded", "Overloaded"),
    # llama.cpp before 2025-09: a field of its own.
    "error field": (b'error: {"code":400,"message":"larger than the context size","type":"invalid_request_error"}\n\n' + DONE, "context_length_exceeded", "context size"),
    # vLLM: an object that is an error.
    "vLLM": (sent({"object": "error", "message": "maximum context length is 4096", "code": 400}), "context_length_exceeded", "4096"),
    # TGI: a text.
    "text": (sent(chunk("Hello"), {"error": "Request failed during generation", "error_type": "generation"}), "provider_error", "during generation"),
    # TabbyAPI: with a trace.
    "null trace": (sent({"error": {"message": "Prompt length 9 is greater than max_seq_len 4", "trace": None}}), "context_length_exceeded", "max_seq_len"),
    # FastAPI servers.
    "detail": (sent(chunk("Hello"), {"detail": "CUDA out of memory"}, done=b""), "provider_error", "CUDA"),
    # MiniMax.
    "base_resp": (sent({"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}), "provider_quota_exhausted", "balance"),
    # DashScope.
    "code and message": (sent({"code": "DataInspectionFailed", "message": "Output data may hold bad words.", "request_id": "x"}), "content_filter", "bad words"),
    # Cloudflare Workers AI.
    "errors": (sent({"errors": [{"message": "AiError: Capacity temporarily exceeded", "code": 3040}], "success": False}), "overloaded", "Capacity"),
    # Crane and other servers: text and no JSON.
    "plain text": (sent(chunk("Hello"), done=b"data: error: the engine stopped\n\n"), "provider_bad_response", "the engine stopped"),
    # Gateways: a web page of the server behind them.
    "a page": (sent(chunk("Hello"), done=b"data: <html>502 Bad Gateway</html>\n\n"), "provider_bad_response", "502 Bad Gateway"),
    # Google: a list.
    "a list": (json.dumps([{"error": {"code": 429, "message": "slow", "status": "RESOURCE_EXHAUSTED"}}]).encode(), "provider_rate_limited", "slow"),
    # LM Studio at a wrong address.
    "a wrong address": (json.dumps({"error": "Unexpected endpoint or method. (POST /chat/completions)"}).encode(), "provider_model_missing", "/v1"),
    # A web page at the address.
    "only a page": (b"<!DOCTYPE html><html><title>Sign in</title></html>", "provider_bad_response", "broke off"),
    # Everywhere.
    "cut off": (sent(chunk("Hello"), done=b""), "provider_bad_response", "broke off"),
    "cut off, with a text for null": (sent(chunk("Hello", "null"), done=b""), "provider_bad_response", "broke off"),
    "nothing": (b"", "provider_bad_response", "broke off"),
    "only a mark": (DONE, "provider_bad_response", "broke off"),
}  # fmt: skip
