"""The examples of docs/reference/api.md, each run against the product as it stands there."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from distributor.delivery.models import Dispatch
from distributor.letters.models import Letter, Publication
from tests.integration import world
from tests.integration.api.conftest import Program
from tests.patience import PATIENCE

PAGE = (Path(__file__).resolve().parents[3] / "docs/reference/api.md").read_text(encoding="utf-8")
MISSING = [name for name in ("bash", "curl", "jq") if shutil.which(name) is None]
needs_shell = pytest.mark.skipif(bool(MISSING), reason=f"The examples for a shell need {', '.join(MISSING)}.")
pytestmark = [pytest.mark.usefixtures("broker"), pytest.mark.django_db(transaction=True)]


def blocks(language: str) -> list[str]:
    """Return the page's examples in one language."""
    examples = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert examples, language
    return examples


@pytest.fixture
def surroundings(
    program: Callable[..., Program],
    publication: Publication,
    live_server: LiveServer,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, str]:
    """Return the variables that the examples name: a server that runs, and a token for it."""
    world.make_list(publication, 2)
    Publication.objects.update(share_bar=["link"])
    url = live_server.url.replace("localhost", "127.0.0.1")
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["*"])
    return {"DISTRIBUTOR_URL": url, "DISTRIBUTOR_TOKEN": program(role="admin").token}


def run(script: str, folder: Path, variables: dict[str, str]) -> str:
    """Run a script of bash as a careful person would, and return what it printed."""
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@needs_shell
def test_the_shell_does_it(surroundings: dict[str, str], tmp_path: Path) -> None:
    printed = run("\n".join(blocks("bash")), tmp_path, surroundings)
    assert "letters:write" in printed
    assert "approve: Approve a draft: its hold begins." in printed
    assert "/api/v1/problems#confirmation-needed" in printed
    assert "Cancelled." in printed
    assert '"15"' in printed
    assert printed.rstrip().splitlines()[-2:] == ["mail: blocked", "link: cancelled"]


def test_python_does_it(surroundings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    printed = io.StringIO()
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(printed):
        for block in blocks("python"):
            exec(compile(block, "docs/reference/api.md", "exec"), names)
    names["client"].close()
    assert "It will stop for good" in printed.getvalue()
    assert [dispatch.state for dispatch in Dispatch.objects.all()] == ["cancelled"]


@needs_shell
def test_a_workflow_queues_what_is_pushed(surroundings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "fog.md").write_text("# Fog\n\nDear readers,\n\nit is back.\n")
    front_matter = "---\ntitle: Gulls\nsummary: The gulls are loud.\n---\n"
    (tmp_path / "letters" / "gulls.md").write_text(f"{front_matter}\nDear readers,\n\nthey are loud.\n")
    (workflow,) = blocks("yaml")
    job = yaml.safe_load(workflow)["jobs"]["queue"]
    assert set(job["env"]) == set(surroundings)
    (script,) = [step["run"] for step in job["steps"] if "run" in step]
    variables = {**surroundings, "GITHUB_SHA": "7c1f"}
    assert run(script, tmp_path, variables) == "Fog: 1 queued\nGulls: 1 queued\n"
    assert run(script, tmp_path, variables) == "Fog: 1 queued\nGulls: 1 queued\n"
    assert [dispatch.state for dispatch in Dispatch.objects.all()] == ["draft", "draft"]
    assert Letter.objects.get(title="Gulls").slug == "gulls"


def test_wordpress_sends_what_is_taken(surroundings: dict[str, str], tmp_path: Path) -> None:
    """There is no PHP here: its request is read, filled in, and sent."""
    (code,) = blocks("php")
    (address,) = re.findall(r"wp_remote_post\( DISTRIBUTOR_URL \. '([^']+)'", code)
    (fields,) = re.findall(r"\$letter = array\((.*?)\n    \);", code, re.DOTALL)
    values = {
        "id": "7", "title": "Fog", "html": "<p>Dear readers,</p><p>it is back.</p>", "summary": "The horn.",
        "canonical_url": "https://blog.example/fog", "published_at": "2026-11-30T09:00:00+00:00",
        "queue": {"channels": ["link"]},
    }  # fmt: skip
    names = re.findall(r"^        '(\w+)'\s+=>", fields, re.MULTILINE)
    assert set(names) == set(values)
    assert "'queue'         => array( 'channels' => array( 'link' ) )" in fields
    answer = httpx.post(
        f"{surroundings['DISTRIBUTOR_URL']}{address}",
        headers={"Authorization": f"Bearer {surroundings['DISTRIBUTOR_TOKEN']}", "Idempotency-Key": "wp-7-1"},
        json=values,
        timeout=PATIENCE,
    )
    assert answer.status_code == 201, answer.text
    assert len(answer.json()["queue"]["dispatches"]) == 1


def test_n8n_sends_what_is_taken(surroundings: dict[str, str]) -> None:
    """Its two steps, with its expressions filled in from what came before."""
    (workflow,) = blocks("json")
    item: Any = {"guid": "g-1", "title": "Fog", "content": "<p>Dear readers,</p><p>it is back.</p>"}
    for node in json.loads(workflow)["nodes"]:
        step = node["parameters"]
        headers = {"Authorization": f"Bearer {surroundings['DISTRIBUTOR_TOKEN']}"}
        headers |= pairs(step.get("headerParameters", {"parameters": []}), item, surroundings)
        body = pairs(step["bodyParameters"], item, surroundings)
        url = filled(step["url"], item, surroundings)
        answer = httpx.request(step["method"], url, headers=headers, json=body, timeout=PATIENCE)
        assert answer.status_code == 201, answer.text
        item = answer.json()
    assert [row["state"] for row in item["dispatches"]] == ["draft"]


def pairs(parameters: Any, item: Any, variables: dict[str, str]) -> dict[str, str]:
    """Return what n8n makes of names and values."""
    return {entry["name"]: filled(entry["value"], item, variables) for entry in parameters["parameters"]}


def filled(text: str, item: Any, variables: dict[str, str]) -> str:
    """Return an expression of n8n with what it names."""

    def value(match: re.Match[str]) -> str:
        source, *path = match[1].split(".")
        result: Any = variables if source == "$env" else item
        for name in path:
            result = result[name]
        return str(result)

    return re.sub(r"\{\{ (.*?) \}\}", value, text.removeprefix("=")) if text.startswith("=") else text
