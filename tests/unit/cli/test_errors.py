"""Every failure is one sentence on stderr and an exit code."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from distributor import paths
from distributor.cli import output
from distributor.cli.commands import cli
from distributor.cli.errors import run_command
from distributor.domain.errors import (
    AddressRefused,
    CredentialsError,
    DistributorError,
    ServiceAway,
    SourceError,
    StateError,
    TemplateError,
    UnknownChannel,
)


def command(error: BaseException) -> click.Command:
    @click.command()
    @output.json_option
    def fails(as_json: bool) -> None:
        raise error

    return fails


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SourceError("There is no file “x”."), 2),
        (UnknownChannel("pigeon", ("mail",)), 2),
        (TemplateError("email/letter.html", 3, "it names “nmae”"), 2),
        (AddressRefused("That address is private."), 2),
        (ServiceAway("Redis does not answer."), 2),
        (StateError("A dispatch that is sent can't pause."), 1),
        (CredentialsError("Connect it again."), 1),
    ],
)
def test_a_sentence_and_a_code(error: DistributorError, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(command(error), []) == code
    plain = capsys.readouterr()
    assert (plain.out, plain.err) == ("", f"{error}\n")
    assert run_command(command(error), ["--json"]) == code
    machine = capsys.readouterr()
    assert json.loads(machine.out) == {"error": str(error)}
    assert machine.err == f"{error}\n"


def test_what_should_not_happen_goes_to_the_log(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISTRIBUTOR_HOME", str(tmp_path))
    assert run_command(command(RuntimeError("the reason: ada@readers.example token=hunter2hunter2")), []) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "the reason" not in said
    log = paths.home() / "logs" / "errors.log"
    assert str(log) in said
    assert "RuntimeError: the reason: … token=…" in log.read_text()


def test_a_traceback_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISTRIBUTOR_DEBUG", "1")
    with pytest.raises(RuntimeError):
        run_command(command(RuntimeError("the reason")), [])


def test_ctrl_c_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(command(KeyboardInterrupt()), []) == 130
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fly"], "No such command 'fly': see “distributor --help”."),
        (["inspect"], "Missing argument 'SOURCE': see “distributor inspect --help”."),
        (["inspect", "--fast", "x"], "No such option"),
        (["fit", "--channel", "pigeon"], "There is no channel “pigeon”: choose from "),
        (["queue", "x", "--channels", "pigeon"], "There is no channel “pigeon”"),
        (["queue", "x", "--channels", ","], "--channels names none"),
        (["queue", "x", "--hold", "soon"], "“soon” is not a hold"),
        (["up", "--port", "99999"], "99999 is not a port"),
    ],
)
def test_wrong_usage_is_one_sentence(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(cli, arguments) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(cli, []) == 0
    assert "Commands:" in capsys.readouterr().out


def test_every_command_has_json() -> None:
    context = click.Context(cli)

    def leaves(one: click.Command | None, path: str) -> list[tuple[str, click.Command]]:
        if isinstance(one, click.Group):
            names = one.list_commands(context)
            return [found for name in names for found in leaves(one.get_command(context, name), f"{path} {name}")]
        assert one is not None, path
        return [(path.strip(), one)]

    for path, one in leaves(cli, ""):
        names = {name for option in one.params for name in option.opts}
        assert "--json" in names or path in ("manage", "mcp"), path  # Django's own; and what only programs talk to
