"""All tools, by name, and the scope that a token needs for each."""

from __future__ import annotations

from doors.mcp import data, models, queries
from doors.mcp.tool import Tool

TOOLS = {
    "list_models": Tool("List models", "any", models.ListModels, models.list_models),
    "explain_resolution": Tool(
        "Explain which model answers", "any", models.ExplainResolution, models.explain_resolution
    ),
    "check_sql": Tool("Check SQL", "sql", queries.CheckSQL, queries.check_sql),
    "compare_sql": Tool("Compare two queries", "sql", queries.CompareSQL, queries.compare_sql),
    "lift_sql": Tool("Turn SQL into a query expression", "sql", queries.LiftSQL, queries.lift_sql),
    "compile_query": Tool(
        "Compile a query expression to SQL", "sql", queries.CompileQuery, queries.compile_query
    ),
    "list_data_sources": Tool(
        "List data sources", "sql", data.ListDataSources, data.list_data_sources
    ),
    "ask_data_source": Tool(
        "Ask a data source", "sql", data.AskDataSource, data.ask_data_source, asks=True
    ),
}
