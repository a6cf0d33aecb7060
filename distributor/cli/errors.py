"""How commands fail: one sentence on stderr and an exit code; no traceback, no half sentence, nothing secret."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from config.redaction import redact
from distributor import paths, private_folder
from distributor.cli import output
from distributor.cli.exit_codes import INTERRUPT, NOT_DONE, SUCCESS, UNUSABLE
from distributor.domain.errors import AddressRefused, BadInput, DistributorError, ServiceAway, TemplateError

# What a person has to put right before the same command can work: input, templates, addresses, services.
_UNUSABLE = (BadInput, TemplateError, AddressRefused, ServiceAway)


def run_command(command: click.Command, arguments: Sequence[str]) -> int:
    """Run a command and return its exit code."""
    output.prepare()
    as_json = "--json" in arguments and "manage" not in arguments[:1]
    try:
        result = command.main(list(arguments), prog_name="distributor", standalone_mode=False)
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPT
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
    except click.ClickException as error:
        return _fail(_usage(error), as_json, UNUSABLE)
    except DistributorError as error:
        return _fail(str(error), as_json, UNUSABLE if isinstance(error, _UNUSABLE) else NOT_DONE)
    except BrokenPipeError:
        return _end_quietly()
    except Exception as error:  # the last resort: told in one sentence, kept in the log
        if os.environ.get("DISTRIBUTOR_DEBUG") == "1":
            raise
        return _fail(_log_traceback(error), as_json, NOT_DONE)
    else:
        return result if isinstance(result, int) else SUCCESS
    return SUCCESS


def _fail(sentence: str, as_json: bool, code: int) -> int:
    try:
        if as_json:
            output.write_json({"error": sentence})
        output.complain(sentence)
    except BrokenPipeError:
        _end_quietly()
    return code


def _usage(error: click.ClickException) -> str:
    """Return click's complaint as a sentence that names the way to help."""
    sentence = error.format_message().rstrip(".")
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return f"{sentence}: see “{error.ctx.command_path} --help”."
    return f"{sentence}."


def _end_quietly() -> int:
    """Whoever read our output went away (`| head`): end without a word, also when Python flushes at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return NOT_DONE


def _log_traceback(error: Exception) -> str:
    """Keep the traceback in the data folder and return a sentence that says where."""
    log = paths.home() / "logs" / "errors.log"
    try:
        private_folder.make(log.parent)
        with log.open("a", encoding="utf-8") as file:
            file.write(f"--- {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC distributor {' '.join(sys.argv[1:2])}\n")
            file.write(redact("".join(traceback.format_exception(error))))
    except OSError:
        return f"Something broke ({type(error).__name__}): run it again with DISTRIBUTOR_DEBUG=1 to see where."
    return f"Something broke that should not ({type(error).__name__}): the details are in {log}."
