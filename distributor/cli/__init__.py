"""The command line: `distributor`. Each command parses, calls one action and answers, for people or with --json."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from distributor import private_folder


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and end the process with the exit code that it earned (see `cli.exit_codes`)."""
    from distributor.cli.commands import cli
    from distributor.cli.errors import run_command

    os.umask(private_folder.UMASK)  # what a command writes, an export too, is for who runs it

    sys.exit(run_command(cli, list(sys.argv[1:] if arguments is None else arguments)))
