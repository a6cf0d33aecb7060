"""Language models, as their programs speak: an MCP client starts `distributor mcp`, which asks a running web server."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from distributor.api.v1.service import api
from distributor.delivery.models import Dispatch
from distributor.letters.models import Letter
from distributor.mcp.tools import DRAFTS, NEVER, READS, tools_of
from distributor.people.models import AuditEntry
from tests.integration.api.conftest import Program
from tests.integration.processes import environment
from tests.integration.web import ROOT, web

pytestmark = pytest.mark.usefixtures("broker")


def test_no_tool_lets_anything_out() -> None:
    description = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    scopes = {
        details["operationId"]: details["x-scope"]
        for methods in description["paths"].values()
        for details in methods.values()
    }
    for tool in tools_of(description):
        scope = scopes[tool.operation]
        assert scope not in ("dispatches:approve", "mail:send"), tool.name
        assert tool.reads == (tool.operation in READS), tool.name
        for word in ("approve", "queue", "confirmed"):
            assert word not in tool.schema["properties"], tool.name
        request = tool.request(dict.fromkeys((*tool.in_path, "approve", "queue", "confirmed"), "1"))
        assert (request.body or {}).get("approve", False) is False
        assert not {"queue", "confirmed"} & (request.body or {}).keys()
    assert {tool.operation for tool in tools_of(description)} == {*READS, *DRAFTS}


def test_tools_take_what_their_operations_take_and_have_names_that_clients_accept() -> None:
    description = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    schemas = description["components"]["schemas"]
    for tool in tools_of(description):
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", tool.name)
        details = description["paths"][tool.path][tool.method.lower()]
        names = {row["name"] for row in details.get("parameters", ()) if row["in"] in ("path", "query")}
        if body := details.get("requestBody"):
            text = json.dumps(body["content"]["application/json"]["schema"])
            [reference] = re.findall(r'"#/components/schemas/(\w+)"', text)
            names |= schemas[reference]["properties"].keys() - NEVER
        assert tool.schema["properties"].keys() == names, tool.name


@pytest.mark.parametrize("value", ["1/deliveries", "..", ".", "", "1?x=1", "a b", "%2e"])
def test_an_id_leads_to_no_other_operation(value: str) -> None:
    description = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    show = next(tool for tool in tools_of(description) if tool.operation == "dispatches.show")
    with pytest.raises(ValueError, match="takes an id"):
        show.request({"dispatch_id": value})


def test_a_model_reads_what_its_token_lets_it(program: Callable[..., Program]) -> None:
    caller = program("publications:read")

    async def talk(client: Client) -> Any:
        tools = await client.list_tools()
        answer = await client.call_tool("publications_list", {"limit": 5})
        refusal = await client.call_tool("publications_show", {"slug": "nowhere"})
        return tools, answer, refusal

    tools, answer, refusal = _conversation(caller.token, talk)
    card = next(tool for tool in tools.tools if tool.name == "publications_show")
    assert card.input_schema["required"] == ["slug"]
    assert card.annotations.read_only_hint
    assert json.loads(answer.content[0].text)["items"][0]["slug"] == "lantern"
    assert refusal.is_error
    assert "no publication “nowhere”" in refusal.content[0].text
    assert not AuditEntry.objects.exists()
    assert not Letter.objects.exists()


def test_a_model_drafts_and_a_person_decides(program: Callable[..., Program]) -> None:
    caller = program("read", "letters:write", "dispatches:write", "dispatches:approve")

    async def talk(client: Client) -> Any:
        draft = {"title": "Fog", "markdown": "Dear neighbours,\n\nThe horn is back.", "language": "en"}
        created: Any = await client.call_tool("letters_create", draft)
        letter = json.loads(created.content[0].text)["letter"]["id"]
        asked = {"letter_id": letter, "channels": ["link"], "approve": True}
        return await client.call_tool("letters_queue", asked)

    answer = _conversation(caller.token, talk)
    assert not answer.is_error, answer.content
    assert Dispatch.objects.get().state == "draft"
    assert Letter.objects.get().title == "Fog"


def _conversation(token: str, talk: Callable[[Client], Awaitable[Any]]) -> Any:
    """Start the server as a model's program does, and return what `talk` returns."""

    async def run(url: str) -> Any:
        command = StdioServerParameters(
            command=sys.executable,
            args=["-m", "distributor.cli", "mcp", "--url", url],
            env={**environment(), "DISTRIBUTOR_TOKEN": token, "PYTHONPATH": str(ROOT)},
        )
        async with Client(command) as client:
            return await talk(client)

    with web() as server:
        return asyncio.run(run(f"http://127.0.0.1:{server.port}"))
