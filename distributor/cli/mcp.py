"""`distributor mcp`: language models read and draft."""

from __future__ import annotations

import asyncio

import click

from distributor.domain.errors import BadInput, BadSettings


@click.command()
@click.option("--url", default="", metavar="URL", help="The installation's address; else that of the settings.")
def mcp(url: str) -> None:
    """Serve language models over standard input and output (Model Context Protocol).

    They read letters, dispatches and figures, and make drafts; they never approve. What they may see is what the token
    in DISTRIBUTOR_TOKEN (or in the file that DISTRIBUTOR_TOKEN_FILE names) lets them: the scope “read”, with
    letters:write and dispatches:write for drafts.
    """
    from config import environment

    token = environment.read("DISTRIBUTOR_TOKEN")
    if not token:
        raise BadSettings("Set DISTRIBUTOR_TOKEN to a token of “distributor api token create”.")
    try:
        from distributor.mcp.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise BadInput("This needs a further package: pip install “distributor[mcp]”.") from None
    try:
        asyncio.run(serve(url or environment.site_url(), token))
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None


COMMANDS = {"mcp": mcp}
