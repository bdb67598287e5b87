"""An example of the body of each request."""

from __future__ import annotations

from typing import Any

_TABLE = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);"
EXAMPLES: dict[str, dict[str, Any]] = {
    "DryRun": {"text": "models: {}"},
    "SetPrimary": {"capability": "chat", "model": "provider:name"},
    "ResetPrimary": {"capability": "chat"},
    "Chat": {"messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 20},
    "ResponsesRequest": {"input": "Say hello.", "max_output_tokens": 20},
    "MessagesRequest": {
        "messages": [{"role": "user", "content": "Say hello."}],
        "max_tokens": 20,
    },
    "Completion": {"prompt": "Once upon a time", "max_tokens": 20},
    "CountRequest": {"messages": [{"role": "user", "content": "Say hello."}]},
    "Embeddings": {"input": ["a text", "another"]},
    "Rerank": {"query": "What is a door?", "documents": ["An API.", "A bird."], "top_n": 1},
    "ImageGeneration": {"prompt": "A blue door.", "size": "1024x1024"},
    "Transcription": {"file": "", "language": "en"},
    "BuildIR": {"question": "How many users are there?", "schema": _TABLE, "dialect": "sqlite"},
    "WriteSQL": {
        "ir": {
            "query": {"from": {"table": "users"}, "select": [{"expr": {"agg": "count"}, "as": "n"}]}
        },
        "schema": _TABLE,
        "dialect": "postgres",
    },
    "Confirm": {
        "question": "How many users are there?",
        "sql": "SELECT COUNT(*) AS n FROM users",
        "schema": {"source": "users"},
    },
    "ListConfirmed": {"schema": {"source": "users"}},
    "Withdraw": {"id": 1, "schema": {"source": "users"}},
    "Compare": {
        "one": "SELECT COUNT(*) FROM users",
        "other": "SELECT COUNT(name) FROM users",
        "schema": _TABLE,
        "dialect": "sqlite",
    },
    "OllamaChat": {"messages": [{"role": "user", "content": "Say hello."}], "stream": False},
    "OllamaGenerate": {"prompt": "Say hello.", "stream": False},
    "OllamaEmbed": {"input": ["a text", "another"]},
    "OllamaEmbeddings": {"prompt": "a text"},
    "OllamaModel": {"model": "provider:name"},
    "McpMessage": {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}},
}
