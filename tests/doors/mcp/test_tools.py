"""The tools of /mcp: what they answer, to whom, and how they fail."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any

import pytest
from mcp_types import TextContent, TextResourceContents

from doors.mcp.table import TOOLS
from tests.doors.mcp.agent import VERSIONS, _agents, agent, agents, call, failure
from tests.support.fake_provider import FakeProvider
from tests.support.paths import ROOT
from tests.support.portal import Portal
from tests.support.servers.cluster import until
from tests.workflow.portal import COUNT, QUESTION, SCHEMA, WRONG, says

__all__ = ["_agents", "agents"]
FOR_USE = {"list_models", "explain_resolution"}
IN_2014 = "SELECT COUNT(*) FROM concert WHERE year = 2014"


@pytest.mark.parametrize("mode", VERSIONS)
async def test_a_client_of_each_version_lists_and_calls_tools(agents: Portal, mode: str) -> None:
    async with agent(agents, mode=mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        result = await client.call_tool("explain_resolution", {"capability": "sql"})
    assert set(tools) == set(TOOLS)
    assert tools["ask_data_source"].input_schema["required"] == ["source", "question"]
    assert result.structured_content["id"] == "fake:scribe"
    (text,) = result.content
    assert isinstance(text, TextContent)
    assert json.loads(text.text) == result.structured_content


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_each_tool_describes_itself_and_its_arguments(tool: Any) -> None:
    assert len(tool.description) > 50
    assert tool.input_schema["type"] == "object"
    assert "$ref" not in json.dumps(tool.input_schema), "some clients do not resolve references"
    for field in tool.input_schema["properties"].values():
        assert field["description"]


async def test_without_the_scope_sql_only_tools_about_models_are_there(agents: Portal) -> None:
    async with agent(agents, "ann+chat") as client:
        assert {tool.name for tool in (await client.list_tools()).tools} == FOR_USE
        assert not (await client.list_resources()).resources
    for name in set(TOOLS) - FOR_USE:
        error = await failure(agents, name, "ann+chat", sql="x", source="x", question="x", query={})
        assert error["code"] == "permission_denied"
        assert "create_token ann --only sql" in error["message"]


def test_a_token_without_the_scope_has_no_sql_on_other_routes(agents: Portal) -> None:
    body = {"ir": {"query": COUNT}, "schema": SCHEMA, "dialect": "sqlite"}
    assert agents.post("/v1/sql", body, who="ann+sql").json()["valid"]
    for path in ("/v1/sql", "/v1/ir/build", "/workflow/run"):
        assert agents.post(path, body, who="ann+chat").status_code == 403


async def test_models_are_listed_by_capability(agents: Portal) -> None:
    listed = await call(agents, "list_models", capability="sql")
    assert {"fake:scribe", "fake:coder"} <= {model["id"] for model in listed["models"]}
    assert "fake:thinker" not in {model["id"] for model in listed["models"]}
    error = await failure(agents, "list_models", capability="sqll")
    assert error["code"] == "invalid_request"
    assert "Did you mean" in error["message"]


async def test_a_resolution_is_explained(agents: Portal) -> None:
    answer = await call(agents, "explain_resolution", model=None)
    assert (answer["id"], answer["resolved_by"]) == ("fake:thinker", "default")
    assert "models.yaml names it as the default for chat" in answer["because"]
    named = await call(agents, "explain_resolution", model="fake:other")
    assert not named["registry"]
    assert "does not list it" in named["because"]
    assert (await failure(agents, "explain_resolution", model="fake"))["code"] == "model_not_found"


async def test_sql_is_checked_and_written_for_another_dialect(agents: Portal) -> None:
    answer = await call(agents, "check_sql", sql=IN_2014, target="tsql", schema=SCHEMA)
    assert answer["valid"]
    assert answer["tables"] == ["concert"]
    wrong = await call(agents, "check_sql", sql="SELECT nme FROM stadium", source="concerts")
    assert not wrong["valid"]
    assert "name" in json.dumps(wrong["issues"])
    assert (await call(agents, "check_sql", sql="SELECT 1 FROM anything"))["valid"]


async def test_two_queries_are_compared_on_a_small_world(agents: Portal) -> None:
    other = "SELECT COUNT(*) FROM concert WHERE year >= 2014"
    for about in ({"schema": SCHEMA}, {"source": "concerts"}):
        answer = await call(agents, "compare_sql", one=IN_2014, other=other, **about)
        assert (answer["outcome"], answer["tables"][0]["name"]) == ("different", "concert")
        assert "the first returns" in answer["sentence"].lower()
    both = await failure(agents, "compare_sql", one=IN_2014, other=other, schema=SCHEMA,
                         source="concerts")  # fmt: skip
    assert (both["code"], both["param"]) == ("invalid_request", "source")
    wrong = await failure(agents, "compare_sql", one=IN_2014, other="SELECT x", source="concerts")
    assert (wrong["code"], wrong["param"]) == ("invalid_request", "other")


async def test_sql_is_lifted_and_compiled_again(agents: Portal) -> None:
    lifted = await call(agents, "lift_sql", sql=IN_2014, source="concerts")
    compiled = await call(agents, "compile_query", query=lifted["ir"], dialect="postgres")
    assert compiled["valid"]
    assert "2014" in compiled["sql"]


async def test_data_sources_are_listed_for_their_groups(agents: Portal) -> None:
    concerts, quick = (await call(agents, "list_data_sources"))["sources"]
    assert quick["name"] == "quick"
    assert (concerts["name"], concerts["runs_queries"]) == ("concerts", True)
    assert (await call(agents, "list_data_sources", "olga+sql"))["sources"] == []


async def test_a_question_becomes_a_query_and_is_run_only_on_request(
    agents: Portal, fake: FakeProvider
) -> None:
    says(fake, {"query": COUNT}, {"query": COUNT})
    answer = await call(agents, "ask_data_source", source="concerts", question=QUESTION)
    assert (answer["outcome"], answer["result"]) == ("ok", None)
    assert "2014" in answer["sql_preview"]["sql"]
    assert answer["resolution"]["id"] == "fake:thinker"
    ran = await call(agents, "ask_data_source", source="concerts", question=QUESTION, run=True)
    assert (ran["result"]["columns"], ran["result"]["rows"]) == (["n"], [[2]])


def is_there(portal: Portal, path: str) -> bool:
    return portal.get(path).ok


async def test_an_answer_of_a_model_names_its_receipt(agents: Portal, fake: FakeProvider) -> None:
    says(fake, {"query": COUNT})
    asked = {"source": "concerts", "question": QUESTION}
    async with agent(agents) as client:
        answer = await client.call_tool("ask_data_source", asked)
        failed = await client.call_tool("ask_data_source", {**asked, "model": "closed:gone"})
        listed = await client.call_tool("list_models", {})
    for result in (answer, failed):
        receipt = (result.meta or {})["portal/receipt"]
        path = f"/v1/ai/receipts/{receipt}"
        until(partial(is_there, agents, path), 30)
    assert "portal/receipt" not in (listed.meta or {})


async def test_who_may_not_run_or_see_is_refused_before_a_model_is_asked(
    agents: Portal, fake: FakeProvider
) -> None:
    asked: dict[str, Any] = {"question": QUESTION, "run": True}
    gone = await failure(agents, "ask_data_source", "olga+sql", source="concerts", **asked)
    assert gone["code"] == "not_found"
    stays = await failure(agents, "ask_data_source", source="private", **asked)
    assert stays["code"] == "permission_denied"
    assert "stays in the house" in stays["message"]
    denied = await failure(agents, "ask_data_source", "carl+sql", source="concerts", **asked)
    assert denied["code"] == "permission_denied"
    assert "workflow.run_sql" in denied["message"]
    assert not fake.posts


WITH_SOURCE: dict[str, dict[str, Any]] = {
    "check_sql": {"sql": "SELECT 1"}, "lift_sql": {"sql": "SELECT 1"},
    "compare_sql": {"one": "SELECT 1", "other": "SELECT 2"},
    "compile_query": {"query": {"query": COUNT}}, "ask_data_source": {"question": "?"},
}  # fmt: skip
RIGHTS = [
    ("ann+chat", "concerts", "permission_denied", "scope sql"),  # a token for models only
    ("olga+sql", "concerts", "not_found", "no data source 'concerts' for you"),  # of a group
    ("olga+sql", "private", "not_found", "no data source 'private' for you"),
    ("ann+sql", "private", "permission_denied", "ask it on the page"),  # local_only
    ("ann+sql", "concrets", "not_found", "Did you mean 'concerts'?"),
]


@pytest.mark.parametrize(("who", "source", "code", "words"), RIGHTS)
async def test_no_tool_uses_a_source_that_its_caller_may_not(
    agents: Portal, fake: FakeProvider, who: str, source: str, code: str, words: str
) -> None:
    async with agent(agents, who) as client:
        for tool, arguments in WITH_SOURCE.items():
            result = await client.call_tool(tool, {**arguments, "source": source})
            error = (result.structured_content or {})["error"]
            assert (error["code"], words in error["message"]) == (code, True), (tool, error)
    assert not fake.posts


@pytest.mark.parametrize("mode", VERSIONS)
async def test_progress_is_reported_while_a_model_is_asked(
    agents: Portal, fake: FakeProvider, mode: str
) -> None:
    says(fake, {"query": WRONG}, {"query": COUNT})
    steps = []

    async def report(progress: float, total: float | None, message: str | None) -> None:
        steps.append((progress, message))

    async with agent(agents, mode=mode) as client:
        asked = {"source": "concerts", "question": QUESTION}
        await client.call_tool("ask_data_source", asked, progress_callback=report)
    assert [step for step, _ in steps] == sorted({step for step, _ in steps})
    assert any("attempt 2" in (message or "") for _, message in steps)


async def test_the_failure_of_a_provider_is_an_answer_with_our_code(
    agents: Portal, fake: FakeProvider
) -> None:
    error = await failure(
        agents, "ask_data_source", source="concerts", question="?", model="closed:gone"
    )
    assert error["code"] == "provider_unreachable"
    assert error["resolution"]["id"] == "closed:gone"
    assert error["request_id"]


async def test_resources_are_the_schemas_that_the_caller_may_see(agents: Portal) -> None:
    async with agent(agents) as client:
        uris = [resource.uri for resource in (await client.list_resources()).resources]
        sources = [f"aimodels://sources/{name}/schema" for name in ("concerts", "quick")]
        assert uris == ["aimodels://query-expression", *sources]
        for uri in uris:
            (content,) = (await client.read_resource(uri)).contents
            assert isinstance(content, TextResourceContents)
            assert "concert" in content.text or "$schema" in content.text
            assert "Park" not in content.text, "rows are not in schemas"


@pytest.mark.parametrize(("who", "expected"), [("ann+sql", "schema"), ("ann+chat", "")])
async def test_the_form_of_resources_is_listed(agents: Portal, who: str, expected: str) -> None:
    async with agent(agents, who) as client:
        listed = (await client.list_resource_templates()).resource_templates
        assert "".join(one.name for one in listed) == expected
        for one in listed:
            assert (
                await client.read_resource(one.uri_template.replace("{name}", "concerts"))
            ).contents


@pytest.mark.parametrize("who", ["olga+sql", "ann+chat"])
async def test_the_schema_of_others_cannot_be_read(agents: Portal, who: str) -> None:
    async with agent(agents, who) as client:
        for name in ("concerts", "private", "no%2Fsuch"):
            with pytest.raises(Exception, match=r"no data source|scope sql") as caught:
                await client.read_resource(f"aimodels://sources/{name}/schema")
            assert caught.value.error.data["code"] in ("not_found", "permission_denied")  # type: ignore[attr-defined]


def test_the_page_has_each_tool_with_its_scope() -> None:
    text = (ROOT / "docs/mcp.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| `(\w+)` \|", text, re.MULTILINE))
    assert rows == {name: tool.scope for name, tool in TOOLS.items()}
