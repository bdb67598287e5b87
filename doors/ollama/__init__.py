"""
Ollama's own API, for its clients: /api/chat, /api/generate, /api/embed, /api/tags and others.

    chat, generate     doors: requests in, lines out
    embed              vectors, in both forms of the API
    models             the lists of models
    routing            the paths, and what callers may not do

Reference: https://docs.ollama.com/api
"""
