"""The data folder is its owner's alone: with real embedded servers, and where it was open before."""

from __future__ import annotations

import logging
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from distributor import private_folder
from tests.integration.commands import House


@pytest.fixture
def house() -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="distributor-private-", ignore_cleanup_errors=True) as folder:
        yield House(Path(folder))


def rights_of_others(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode) & 0o077


def opened(home: Path) -> list[Path]:
    """What others could read, write or list: to pass through is all that PostgreSQL's user gets under root."""
    home_rights = rights_of_others(home) & ~(stat.S_IXOTH if os.geteuid() == 0 else 0)
    entries = (path for path in home.rglob("*") if not path.is_socket() and rights_of_others(path))
    return [home] * bool(home_rights) + list(entries)


def test_what_commands_make_is_closed_and_what_was_open_is_closed_again(house: House) -> None:
    house.fine("publications", "add", "The Lantern Post")
    assert (house.home / "secret_key").is_file()
    assert opened(house.home) == []
    house.home.chmod(0o755)
    logs = house.home / "logs"
    logs.mkdir(exist_ok=True)
    (logs / "web.log").touch()
    for path in (house.home / "secret_key", house.home / "postgres.log", logs / "web.log"):
        path.chmod(0o644)
    ran = house.run("publications", "list")
    assert "Other users of this machine could look into the data folder" in ran.said
    assert opened(house.home) == []
    assert "Other users" not in house.run("publications", "list").said


def test_an_export_is_for_who_runs_it(house: House, tmp_path: Path) -> None:
    house.fine("publications", "add", "The Lantern Post")
    people = tmp_path / "people.csv"
    people.write_text("email\nada@readers.example\n")
    house.fine("subscribers", "import", str(people), "--list", "readers")
    exported = tmp_path / "readers.csv"
    assert house.run("subscribers", "export", str(exported), "--list", "readers").code == 0
    assert rights_of_others(exported) == 0


def test_it_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("DISTRIBUTOR_HOME", str(tmp_path))
    (tmp_path / "secret_key").touch(mode=0o644)
    tmp_path.chmod(0o750)
    with caplog.at_level(logging.WARNING):
        private_folder.close()
        private_folder.close()
    assert opened(tmp_path) == []
    assert len(caplog.records) == 1
