"""The whole product on a PostgreSQL that a distribution packages, which may be years older than the embedded one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.integration import commands
from tests.integration.commands import SAMPLE, House
from tests.integration.processes import wait_for
from tests.integration.test_up import Up
from tests.servers.postgresql import PASSWORD, packaged_postgresql


@dataclass(frozen=True)
class GuestHouse(House):
    """A house whose tables are in somebody else's PostgreSQL."""

    url: str = ""

    def environment(self, **more: str) -> dict[str, str]:
        return super().environment(DATABASE_URL=self.url, **more)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that another user may look into: pytest's own is closed to others."""
    path = Path(tempfile.mkdtemp(prefix="distributor-postgresql-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def test_a_letter_goes_out_from_tables_in_a_packaged_postgresql(folder: Path, tmp_path: Path) -> None:
    with packaged_postgresql(folder) as url:
        house = GuestHouse(tmp_path, url=url)
        up = Up(house)
        try:
            ran = house.run("queue", SAMPLE, "--watch", "--json")
            assert ran.code == 0, ran.said
            states = {dispatch["channel"]: dispatch["state"] for dispatch in house.fine("status")["dispatches"]}
            assert states == dict.fromkeys(("facebook", "twitter", "kakao", "mail", "link"), "sent")
            people = folder / "people.csv"
            people.write_text("email\nlate@readers.example\n")
            assert house.fine("subscribers", "import", people, "--list", "late")["added"] == 1
            findings = {finding["name"]: finding["state"] for finding in house.fine("doctor")["findings"]}
            assert findings["database"] == findings["tables"] == "fine"
        finally:
            said = up.end()
        assert PASSWORD not in said
        assert not (house.home / commands.DATABASE).exists()  # nothing embedded was started beside it
        wait_for(lambda: not _sessions(url), what="all connections are closed")


def _sessions(url: str) -> list[tuple[int]]:
    with psycopg.connect(url) as server:
        return server.execute(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchall()
