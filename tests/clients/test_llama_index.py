from __future__ import annotations

from llama_index.core.llms import ChatMessage
from llama_index.core.prompts import PromptTemplate
from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel


class Trip(BaseModel):
    """Where to, and for how long."""

    city: str
    days: int


def model(provider: str, url: str, token: str) -> OpenAILike:
    return OpenAILike(model=f"{provider}:talker", api_base=url, api_key=token, is_chat_model=True,
                      is_function_calling_model=True, max_retries=0)  # fmt: skip


def test_chat_and_stream(provider: str, url: str, token: str) -> None:
    messages = [ChatMessage(role="user", content="Hi")]
    llm = model(provider, url, token)
    assert llm.chat(messages).message.content == "Hello there."
    assert "".join(c.delta or "" for c in llm.stream_chat(messages)) == "Hello there."


def test_output_is_structured(provider: str, url: str, token: str) -> None:
    llm = model(provider, url, token)
    assert llm.structured_predict(Trip, PromptTemplate("A trip")) == Trip(city="Bonn", days=3)


def test_texts_are_embedded(provider: str, url: str, token: str) -> None:
    name = f"{provider}:embedder"
    embedding = OpenAILikeEmbedding(model_name=name, api_base=url, api_key=token)
    assert len(embedding.get_text_embedding_batch(["a", "b"])) == 2
