"""The list of commands. A command's module is loaded when it is asked for, so that none waits for the others."""

from __future__ import annotations

from importlib import import_module

import click

from distributor import __version__
from distributor.domain.dispatch_actions import ACTIONS

_MODULES = {
    **dict.fromkeys(ACTIONS, "dispatch_commands"),
    "accounts": "accounts",
    "api": "api",
    "demo": "demo",
    "digests": "digests",
    "dkim": "dkim",
    "doctor": "doctor",
    "doors": "doors",
    "feeds": "feeds",
    "fit": "fit",
    "inspect": "inspect",
    "mail": "mail",
    "manage": "manage",
    "mcp": "mcp",
    "metrics": "metrics",
    "preview": "preview",
    "publications": "publications",
    "queue": "queue",
    "recover": "recover",
    "returns": "returns",
    "segments": "segments",
    "settings": "settings",
    "status": "status",
    "subscribers": "subscribers",
    "suppressions": "suppressions",
    "templates": "templates",
    "up": "up",
    "users": "users",
    "variants": "variants",
    "versions": "versions",
    "webhooks": "webhooks",
    "withdraw": "dispatch_commands",
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _MODULES:
            return None
        module = import_module(f"distributor.cli.{_MODULES[cmd_name]}")
        command: click.Command = module.COMMANDS[cmd_name]
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="distributor")
def cli() -> None:
    """One letter goes out on every button of its share bar."""
