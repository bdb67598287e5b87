"""Known providers of other programs: their wire format and address."""

from __future__ import annotations

from typing import NamedTuple

from registry.providers import WIRES


class Known(NamedTuple):
    """A provider's name here, its wire format, and its address; empty if the file must say it."""

    name: str
    wire: str
    address: str = ""


_ANTHROPIC = "https://api.anthropic.com"
_OPENAI = {
    "openai": "https://api.openai.com/v1",
    "groq": "https://api.groq.com/openai/v1",
    "mistral": "https://api.mistral.ai/v1",
    "codestral": "https://codestral.mistral.ai/v1",
    "deepseek": "https://api.deepseek.com/v1",
    "openrouter": "https://openrouter.ai/api/v1",
    "together": "https://api.together.xyz/v1",
    "fireworks": "https://api.fireworks.ai/inference/v1",
    "xai": "https://api.x.ai/v1",
    "perplexity": "https://api.perplexity.ai",
    "cerebras": "https://api.cerebras.ai/v1",
    "nvidia": "https://integrate.api.nvidia.com/v1",
    "gemini": "https://generativelanguage.googleapis.com/v1beta/openai",
    "deepinfra": "https://api.deepinfra.com/v1/openai",
    "sambanova": "https://api.sambanova.ai/v1",
    "moonshot": "https://api.moonshot.ai/v1",
    "cohere": "https://api.cohere.ai/compatibility/v1",
    "huggingface": "https://router.huggingface.co/v1",
    "siliconflow": "https://api.siliconflow.com/v1",
    "novita": "https://api.novita.ai/v3/openai",
    "scaleway": "https://api.scaleway.ai/v1",
    "hyperbolic": "https://api.hyperbolic.xyz/v1",
    "dashscope": "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    "zai": "https://api.z.ai/api/paas/v4",
    "lmstudio": "http://localhost:1234/v1",
    "llamafile": "http://localhost:8080/v1",
    "llamacpp": "http://localhost:8080/v1",
    "vllm": "",
    "azure": "",
    "server": "",
}
_OTHER_NAMES = {
    "together_ai": "together", "fireworks_ai": "fireworks", "nvidia_nim": "nvidia",
    "lm_studio": "lmstudio", "lm-studio": "lmstudio", "hosted_vllm": "vllm", "azure_ai": "azure",
    "llama.cpp": "llamacpp", "llama-cpp": "llamacpp", "llama_cpp": "llamacpp",
    "openai_like": "server", "custom_openai": "server", "openai-compatible": "server",
    "text-completion-openai": "openai", "openai-responses": "openai", "azure_text": "azure",
    "azure-openai": "azure", "azureopenai": "azure", "cohere_chat": "cohere", "google": "gemini",
    "xAI": "xai", "x-ai": "xai", "hf": "huggingface", "huggingface-inference-api": "huggingface",
    "ollama_chat": "ollama", "litellm_proxy": "server", "llamafile_server": "llamafile",
    "google-gemini": "gemini", "gemini_openai": "gemini", "inception": "server",
    "docker_model_runner": "server", "lemonade": "server", "moonshotai": "moonshot",
}  # fmt: skip


def known(name: str) -> Known | None:
    """Return the provider that other programs call `name`, or None if it has no format here."""
    name = _OTHER_NAMES.get(name.lower(), name.lower())
    if name == "ollama":
        return Known("ollama", "ollama", "http://localhost:11434")
    if name == "anthropic":
        return Known("anthropic", _anthropic(), f"{_ANTHROPIC}/v1")
    return Known(name, "openai", _OPENAI[name]) if name in _OPENAI else None


def _anthropic() -> str:
    """Return the wire format for Anthropic, which also has an OpenAI-compatible address."""
    return "anthropic" if "anthropic" in WIRES else "openai"


def name_of_address(address: str, host: str) -> str:
    """Return a provider's name for an address: the known one, or one made from its host."""
    for name, base in _OPENAI.items():
        if base and "localhost" not in base and host == base.split("/")[2]:
            return name
    if host == _ANTHROPIC.split("/")[2]:
        return "anthropic"
    if host.endswith((".openai.azure.com", ".services.ai.azure.com")):
        return "azure"
    words = [word for word in host.split(".") if word not in ("api", "www", "com", "ai", "org")]
    return words[0] if words and not words[0].isdigit() else "server"
