"""The server: what a language model asks for is asked of the API, with a token of its owner."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import httpx
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    ToolAnnotations,
)
from mcp.types import Tool as ToolCard

from distributor import __version__
from distributor.domain.errors import BadSettings, ServiceAway
from distributor.mcp.tools import Tool, tools_of

TIMEOUT_SECONDS: Final = 60.0
INSTRUCTIONS: Final = (
    "Reads a newsroom's letters, dispatches and figures, and makes drafts. Nothing goes out by it: what is queued is a "
    "draft that a person approves on the desk. Say so when you have made one."
)


async def serve(url: str, token: str) -> None:
    """Serve over standard input and output until the other side hangs up.

    `url` is the installation's address, `token` one of its API. Raises ServiceAway where it does not answer, and
    BadSettings where the token does not let anybody in.
    """
    headers = {"Authorization": f"Bearer {token}", "User-Agent": f"distributor-mcp/{__version__}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=TIMEOUT_SECONDS) as client:
        server = make_server(client, await _tools(client))
        async with stdio_server() as (reader, writer):
            await server.run(reader, writer, server.create_initialization_options())


def make_server(client: httpx.AsyncClient, tools: Mapping[str, Tool]) -> Server[Any]:
    """Return a server of these tools, which asks by this client."""

    async def list_tools(
        _context: ServerRequestContext[Any], _params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return ListToolsResult(tools=[_card(tool) for tool in tools.values()])

    async def call_tool(_context: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
        tool = tools.get(params.name)
        if tool is None:
            return _answer(f"There is no tool “{params.name}”.", is_error=True)
        return await _call(client, tool, params.arguments or {})

    return Server(
        "distributor",
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


async def _tools(client: httpx.AsyncClient) -> Mapping[str, Tool]:
    try:
        rights, description = await client.get("/api/v1/token"), await client.get("/api/v1/openapi.json")
        if rights.status_code == httpx.codes.UNAUTHORIZED:
            raise BadSettings("The token lets nobody in: make one with “distributor api token create”.")
        rights.raise_for_status()
        tools = tools_of(description.raise_for_status().json())
    except (httpx.HTTPError, ValueError) as error:
        raise ServiceAway(f"The API at {client.base_url} does not answer ({type(error).__name__}).") from None
    return {tool.name: tool for tool in tools}


def _card(tool: Tool) -> ToolCard:
    return ToolCard(
        name=tool.name,
        description=tool.description,
        input_schema=dict(tool.schema),
        annotations=ToolAnnotations(read_only_hint=tool.reads, destructive_hint=False, open_world_hint=False),
    )


async def _call(client: httpx.AsyncClient, tool: Tool, arguments: Mapping[str, Any]) -> CallToolResult:
    try:
        request = tool.request(arguments)
    except LookupError as error:
        return _answer(f"{tool.name} needs {error}.", is_error=True)
    except ValueError as error:
        return _answer(str(error), is_error=True)
    headers = {"Idempotency-Key": uuid4().hex} if request.method == "POST" else {}
    try:
        response = await client.request(
            request.method,
            request.path,
            params={name: value for name, value in request.query.items() if value is not None},
            json=request.body,
            headers=headers,
        )
    except httpx.HTTPError as error:
        return _answer(f"The API does not answer ({type(error).__name__}): nothing is known of it.", is_error=True)
    if response.is_error:
        return _answer(_sentence(response), is_error=True)
    return _answer(response.text)


def _sentence(response: httpx.Response) -> str:
    """Return what a refusal says, for a model to act on."""
    try:
        problem = response.json()
        return json.dumps(
            {name: problem[name] for name in problem if name not in ("type", "status")}, ensure_ascii=False
        )
    except (ValueError, TypeError):
        return f"The API answered {response.status_code}."


def _answer(text: str, *, is_error: bool = False) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=is_error)
