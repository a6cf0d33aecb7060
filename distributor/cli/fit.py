"""`distributor fit`: a text on standard input, as long as a channel counts it and as it would be posted."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from distributor.channels.folders import NAMES
from distributor.cli import output
from distributor.domain.errors import BadInput

if TYPE_CHECKING:
    from distributor.channels.base import Channel


@click.command()
@click.option("--channel", required=True, metavar="C", help=f"{', '.join(NAMES[:3])}, …")
@click.option("--lines", is_flag=True, help="Read one JSON string a line and answer each on one line.")
@click.option("--thread", is_flag=True, help="Make a thread of what is too long, where the channel has threads.")
@output.json_option
def fit(channel: str, lines: bool, thread: bool, as_json: bool) -> None:  # noqa: ARG001 - it is always JSON
    """Count a text on standard input as the network does, and fit it to the network's limit. The answer is JSON."""
    from distributor.channels import registry

    adapter = registry.get(channel)
    stdin = sys.stdin.buffer
    for text in _texts(stdin) if lines else (_whole(stdin),):
        output.write_json(_fit_text(text, adapter, thread=thread))


def _fit_text(text: str, channel: Channel, *, thread: bool) -> dict[str, Any]:
    from distributor.domain import text_fit, text_length

    result = text_fit.fit(text, channel.capabilities, thread=thread)
    return {
        "channel": channel.name,
        "length": result.length,
        "limit": channel.capabilities.limit,
        "valid": text_length.valid(text, channel.capabilities),
        "parts": list(result.parts),
    }


def _whole(stdin: BinaryIO) -> str:
    """Return all of standard input; the line end that editors and `echo` add is not part of the text."""
    try:
        return stdin.read().decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise BadInput("The text on standard input is not UTF-8: convert it first.") from None


def _texts(stdin: BinaryIO) -> Iterator[str]:
    """Yield the string of each line; blank lines are skipped. Raises BadInput with the number of a bad line."""
    for number, line in enumerate(stdin, start=1):
        if not line.strip():
            continue
        try:
            text = json.loads(line)
        except UnicodeDecodeError:
            raise BadInput(f"Line {number} is not UTF-8: convert it first.") from None
        except (ValueError, RecursionError):
            raise BadInput(f"Line {number} is not JSON: each line has to be one JSON string.") from None
        if not isinstance(text, str):
            raise BadInput(f"Line {number} is not a JSON string: each line has to be one.")
        yield text


COMMANDS = {"fit": fit}
