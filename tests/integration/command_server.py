"""A process that has the product loaded for one data folder; the commands that are run there are forked from it.

To load the product is four fifths of what a command takes: settings, 400 modules, the models. Here that is done once
for a data folder, in the environment of its commands. The database is not asked meanwhile, and of the folder only the
secret key is read: the rest each command does itself. Where the environment differs in what settings are made of, a
command is loaded anew (`forked.run`); what a command loads and says of its start is tested without this.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

import click

from distributor import embedded
from distributor.cli.backing_services import set_up_django
from distributor.cli.commands import cli
from tests.integration import forked


class CommandServer:
    """Runs commands in a data folder whose servers are up, one after the other. `env` is all of their environment."""

    def __init__(self, home: Path, env: Mapping[str, str]) -> None:
        context = forked.context()
        self._requests, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, home, dict(env)))
        self._process.start()
        theirs.close()

    def run(self, program: forked.Program, *, timeout: float) -> int:
        """Run a command and return its exit code. Raises TimeoutError, and ends the server, when it takes longer."""
        self._requests.send(program)
        if not self._requests.poll(timeout):
            self._process.kill()
            raise TimeoutError(f"{' '.join(program.words)} took more than {timeout} s")
        return int(self._requests.recv())

    def close(self) -> None:
        self._requests.close()
        self._process.join()


def _serve(requests: Connection, home: Path, env: Mapping[str, str]) -> None:
    """Answer each program with its exit code, until the other side closes."""
    os.environ.clear()
    os.environ.update(env)
    os.chdir(home)
    _load_product()
    while True:
        try:
            program = requests.recv()
        except EOFError:
            return
        pid = os.fork()
        if not pid:
            requests.close()
            _run(program)
        requests.send(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _load_product() -> None:
    """Load what commands load: Django for the folder's own database, and the modules of all commands."""
    os.environ["DATABASE_URL"] = embedded.database_url()  # as settings see it while a command runs
    set_up_django()
    context = click.Context(cli)
    for name in cli.list_commands(context):
        cli.get_command(context, name)


def _run(program: forked.Program) -> NoReturn:
    code = 1
    try:
        forked.run_here(program)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - what Python prints at a program's end, which this is
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
