"""What every test may use: a data folder of its own, and real PostgreSQL and Redis once a test asks for them."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as examples

from distributor.channels.addresses import ALLOWED_NETWORKS
from tests import database
from tests.ports import added
from tests.servers.practice import end_left_over, practice_world

# Before Django reads its settings: nothing of the developer's own installation may be touched. The processes of
# pytest-xdist have theirs in that of the one that started them.
_PROCESS = os.environ.get("PYTEST_XDIST_WORKER")
_HOME = (
    Path(os.environ["DISTRIBUTOR_HOME"], _PROCESS) if _PROCESS else Path(tempfile.mkdtemp(prefix="distributor-tests-"))
)
os.environ["DISTRIBUTOR_HOME"] = str(_HOME)
# Named here and not in pyproject.toml: pytest-django would read the settings before this file.
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
for _name in (
    "DATABASE_URL",
    "REDIS_URL",
    "DISTRIBUTOR_ALLOWED_NETWORKS",
    "DISTRIBUTOR_MAIL_URL",
    "DISTRIBUTOR_RETURN_DOMAIN",
    "DISTRIBUTOR_RETURNS_URL",
    "DISTRIBUTOR_LETTERS_URL",
    "DISTRIBUTOR_SITE_URL",
    "DISTRIBUTOR_WEBSUB_HUB",
    "DISTRIBUTOR_INDEXNOW_KEY",
    "DISTRIBUTOR_INDEXNOW_URL",
    "DISTRIBUTOR_SECRET_KEY",
):
    os.environ.pop(_name, None)

django.setup()
# Or the processes of pytest-xdist, which inherit it, would do just that.
del os.environ["DJANGO_SETTINGS_MODULE"]

# The real hashers are slow on purpose.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A run that is asked to end takes its servers with it, as at Ctrl-C.
signal.signal(signal.SIGTERM, signal.default_int_handler)

# The same examples every time: a check that passes passes again. `--hypothesis-profile=explore` looks for new ones.
# How long an example takes depends on what else the machine does, so it decides nothing.
examples.register_profile(
    "steady", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
examples.register_profile("explore", max_examples=1_000, deadline=None)
examples.load_profile("steady")

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

PRACTICE = "practice-world"
SAMPLES = Path(__file__).parent / "samples"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their parameter: what they hold may differ from run to run, as the time in a gzip header does."""
    return argname if isinstance(val, bytes) else None


# Of these a file waits for minutes, for what takes its time: begun last, all other processes would wait for it.
LONG_WAITS = (
    "tests/chaos/",
    "tests/integration/test_digest_promises.py",
    "tests/integration/test_up.py",
    "tests/integration/test_demo.py",
    "tests/integration/test_wheel.py",
    "tests/toy_channel/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that wait long; the others stay in their order."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG_WAITS))


def pytest_unconfigure() -> None:
    from distributor import embedded

    for home in _HOME.glob("gw*"):  # of a process that was killed, servers may be left
        os.environ["DISTRIBUTOR_HOME"] = str(home)
        embedded.stop_all()
        end_left_over(home / PRACTICE)
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture
def loopback_allowed() -> Iterator[None]:
    """Let what an editor could type be on this machine: a real mail server of the test, say."""
    with added(ALLOWED_NETWORKS, "loopback of tests", LOOPBACK):
        yield


@pytest.fixture(scope="session")
def services() -> Iterator[None]:
    """Embedded PostgreSQL and Redis, started once for all tests that need them."""
    from distributor import embedded

    with ExitStack() as stack:
        stack.enter_context(embedded.run())
        database.be_quick(os.environ["DATABASE_URL"])
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(services: None) -> None:
    """Point Django's test database at the embedded server, which was not up when the settings were read."""
    from django.db import connections

    from config.database import database as parsed

    connections["default"].settings_dict.update(parsed(os.environ["DATABASE_URL"]))


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Leave the database in place at the end: its server goes, and no process that is still ending can hinder that."""
    return True


@pytest.fixture(scope="session")
def practice_card() -> Iterator[dict[str, Any]]:
    """A practice world, started once for all tests that need it: what its practice.json says. Reset it before use."""
    home = _HOME / PRACTICE
    home.mkdir(parents=True)
    with practice_world(home) as card:
        yield card


@pytest.fixture(scope="session", autouse=True)
def _quick_between_tests() -> Iterator[None]:
    """After a test that commits, empty the database as `tests.database` does, and keep the connection.

    Django truncates all tables and connects anew, which takes longer than most tests.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: database.empty())
        patch.setattr(TransactionTestCase, "_should_reload_connections", lambda case: not connection.is_usable())
        yield
