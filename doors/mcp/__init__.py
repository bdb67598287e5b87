"""
The Model Context Protocol at `/mcp`, for agents: tools and resources, without sessions.

`routing` answers requests, and imports the `mcp` package with the first one: it takes 30 MB and
most of a second. Only `transport` and `server` import it.
"""
