"""The wheel: built, installed elsewhere, and run from yet another folder. Nothing of the checkout may be needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests" / "samples" / "letter-page.html"


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DISTRIBUTOR_"))}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel and our dependencies, but not our editable install."""
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    run(sys.executable, "-m", "pip", "--python", folder, "install", "--no-index", "--no-deps", wheel, cwd=folder.parent)
    site = next(folder.glob("lib/python*/site-packages"))
    # A folder named in a .pth file is only put on the path; the .pth files in it, ours among them, are not read.
    (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return folder / "bin"


def test_the_wheel_carries_every_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = set(archive.namelist())
    ours = {
        str(file.relative_to(ROOT))
        for package in ("distributor", "tasks", "config")
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    templates = {
        f"distributor/_templates/{file.relative_to(ROOT / 'templates')}"
        for file in (ROOT / "templates").rglob("*")
        if file.is_file()
    }
    assert ours | templates | {"distributor/py.typed", "distributor/_samples/letter-page.html"} <= carried
    assert not [name for name in carried if name.startswith(("tests/", "benchmarks/"))]


def test_it_runs_from_another_folder(installed: Path, tmp_path: Path) -> None:
    where = run(installed / "python", "-c", "import distributor; print(distributor.__file__)", cwd=tmp_path).stdout
    assert Path(where.strip()).is_relative_to(installed.parent)
    letter = json.loads(run(installed / "distributor", "inspect", SAMPLE, "--json", cwd=tmp_path).stdout)
    assert letter["title"]
    assert letter["share_bar"] == ["facebook", "twitter", "kakao", "mail", "link"]


def test_it_finds_its_templates_and_sample(installed: Path, tmp_path: Path) -> None:
    previews = json.loads(run(installed / "distributor", "preview", SAMPLE, "--json", cwd=tmp_path).stdout)["previews"]
    assert {one["channel"] for one in previews if one["variant"]} == {"facebook", "twitter", "kakao", "mail", "link"}
    code = "from distributor import paths; print(paths.sample().is_file(), paths.templates())"
    found, templates = run(installed / "python", "-c", code, cwd=tmp_path).stdout.split(maxsplit=1)
    assert found == "True"
    assert Path(templates.strip()).is_relative_to(installed.parent)
