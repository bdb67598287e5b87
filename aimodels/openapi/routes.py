"""What the document says of each plain ASGI route."""

from __future__ import annotations

from typing import NamedTuple

from doors.azure import PREFIX


class Row(NamedTuple):
    """A route: the name of its operation and of the schema of its body, and what it does."""

    operation: str
    body: str
    summary: str
    method: str = "post"


_CHAT = "Ask a chat model"
OPENAI = {
    "chat/completions": Row("openai_chat", "Chat", f"{_CHAT}, on OpenAI's path."),
    "completions": Row("completions", "Completion", "Continue a text, without a chat template."),
    "embeddings": Row("embeddings", "Embeddings", "Return the embeddings of texts."),
    "images/generations": Row("images", "ImageGeneration", "Generate images from a prompt."),
    "audio/transcriptions": Row("transcriptions", "Transcription", "Transcribe audio."),
    "audio/translations": Row(
        "translations", "Transcription", "Translate audio into English text."
    ),
}
_RERANK = "Order documents by their relevance to a query."
ROUTES = {
    "/v1/ai/chat/completion": Row(
        "chat", "Chat", f"{_CHAT}. The response says which model answered, and why."
    ),
    **{f"/v1/{path}": row for path, row in OPENAI.items()},
    "/v1/responses": Row("responses", "ResponsesRequest", f"{_CHAT}, in OpenAI's Responses API."),
    "/v1/messages": Row("messages", "MessagesRequest", f"{_CHAT}, in Anthropic's Messages API."),
    "/v1/messages/count_tokens": Row(
        "count_tokens",
        "CountRequest",
        "Count the tokens of a Messages request, or estimate them: X-Token-Count says which.",
    ),
    "/v1/rerank": Row("rerank", "Rerank", _RERANK),
    "/v2/rerank": Row("rerank_v2", "Rerank", f"{_RERANK[:-1]}, on the path of Cohere's clients."),
    "/v1/ir/build": Row("build_ir", "BuildIR", "Turn a question into a query expression."),
    "/v1/sql": Row("write_sql", "WriteSQL", "Turn a question or a query expression into SQL."),
    "/v1/sql/confirm": Row("confirm_question", "Confirm", "Confirm a question with its query."),
    "/v1/sql/confirmed": Row("list_confirmed", "ListConfirmed", "List confirmed questions."),
    "/v1/sql/withdraw": Row("withdraw_question", "Withdraw", "Withdraw a confirmed question."),
    "/v1/sql/compare": Row(
        "compare_sql", "Compare", "Look for a tiny database on which two queries differ."
    ),
    "/mcp": Row("mcp", "McpMessage", "Send a message of the Model Context Protocol."),
    "/api/chat": Row("ollama_chat", "OllamaChat", f"{_CHAT}, in Ollama's API."),
    "/api/generate": Row(
        "ollama_generate", "OllamaGenerate", "Answer or continue a prompt, in Ollama's API."
    ),
    "/api/embed": Row(
        "ollama_embed", "OllamaEmbed", "Return the embeddings of texts, in Ollama's API."
    ),
    "/api/embeddings": Row(
        "ollama_embeddings",
        "OllamaEmbeddings",
        "Return the embedding of a text, in Ollama's older API.",
    ),
    "/api/show": Row("ollama_show", "OllamaModel", "Describe a model, in Ollama's API."),
    "/api/tags": Row("ollama_tags", "", "List the models, in Ollama's API.", "get"),
    "/api/ps": Row("ollama_ps", "", "List no model: the portal loads none itself.", "get"),
    "/api/version": Row(
        "ollama_version", "", "Return the version of Ollama's API that is served.", "get"
    ),
    **{
        f"/api/{verb}": Row(
            f"ollama_{verb}",
            "OllamaModel",
            "Refused: operators list the models, in models.yaml.",
            "delete" if verb == "delete" else "post",
        )
        for verb in ("pull", "push", "create", "copy", "delete")
    },
    **{
        PREFIX + path: Row(
            f"azure_{row.operation}", row.body, f"{row.summary[:-1]}. The path names the model."
        )
        for path, row in OPENAI.items()
    },
}
STREAMED = {"Chat", "MessagesRequest", "ResponsesRequest", "Completion", "ImageGeneration",
            "Transcription", "McpMessage"}  # fmt: skip
LINES = {"OllamaChat", "OllamaGenerate"}  # streamed as lines of JSON
FORMS = {"Transcription"}  # the others are JSON
