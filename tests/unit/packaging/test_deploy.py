"""What deploy/ brings: each file by its own program's or schema's judgement, and all of them by our settings."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import kubernetes_validate
import pytest
import yaml

from config.environment import VARIABLES
from distributor.cli.commands import cli

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
KUBERNETES = "1.33"
OF_OTHERS = {"kustomization.yaml", "scaling.yaml"}  # kustomize's own and KEDA's kinds
MANIFESTS = sorted(path.name for path in (DEPLOY / "kubernetes").glob("*.yaml") if path.name not in OF_OTHERS)
UNITS = sorted(path.name for path in (DEPLOY / "systemd").glob("*.service"))
KNOWN = {variable.name for variable in VARIABLES} | {f"{one.name}_FILE" for one in VARIABLES if one.secret}


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "kubernetes" / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", MANIFESTS)
def test_manifests_are_as_kubernetes_wants_them(name: str) -> None:
    for document in documents(name):
        kubernetes_validate.validate(document, KUBERNETES, strict=True)


def test_the_validator_knows_a_wrong_manifest() -> None:
    [namespace] = documents("namespace.yaml")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**namespace, "spec": {"replicas": 1}}, KUBERNETES, strict=True)


def test_kustomize_names_every_manifest_and_only_settings_that_there_are() -> None:
    [kustomization] = documents("kustomization.yaml")
    assert sorted(kustomization["resources"]) == MANIFESTS
    literals = dict(item.split("=", 1) for item in kustomization["configMapGenerator"][0]["literals"])
    assert set(literals) <= KNOWN
    files = {Path(file).name for file in kustomization["secretGenerator"][0]["files"]}
    assert files == {Path(value).name for name, value in literals.items() if name.endswith("_FILE")}


def pods() -> dict[str, dict[str, Any]]:
    found = [document for name in MANIFESTS for document in documents(name)]
    return {
        document["metadata"]["name"]: document["spec"]["template"]["spec"]
        for document in found
        if document["kind"] in {"Deployment", "Job"}
    }


def test_every_container_runs_a_command_of_ours_with_no_rights() -> None:
    for name, pod in pods().items():
        assert pod["securityContext"]["runAsNonRoot"]
        for container in [*pod["containers"], *pod.get("initContainers", ())]:
            assert container["securityContext"]["readOnlyRootFilesystem"]
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert is_a_command(pod["containers"][0]["args"]), name
        assert ("initContainers" in pod) == (name != "migrate")  # new code never meets an old schema


def test_scaling_asks_what_there_is() -> None:
    [scaling] = documents("scaling.yaml")
    assert scaling["spec"]["scaleTargetRef"]["name"] in pods()
    rules = (DEPLOY / "prometheus/rules.yml").read_text(encoding="utf-8")
    metrics = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    for trigger in scaling["spec"]["triggers"]:
        [name] = re.findall(r"distributor[\w:]+", trigger["metadata"]["query"])
        assert f"record: {name}" in rules or f"`{name}{{" in metrics


def is_a_command(words: list[str]) -> bool:
    if words[0] == "distributor":
        return words[1] in cli.list_commands(click.Context(cli))
    return words[0] in {"uvicorn", "celery"} and ("config.asgi:application" in words or "tasks" in words)


@pytest.mark.parametrize("name", UNITS)
def test_units(name: str) -> None:
    text = (DEPLOY / "systemd" / name).read_text(encoding="utf-8")
    [command] = re.findall(r"^ExecStart=/opt/distributor/bin/(.+)$", text, re.MULTILINE)
    assert is_a_command(command.split())
    names = re.findall(r"\b([A-Z_]+)=%d/", text)
    assert names
    assert set(names) <= KNOWN
    assert {value for _, value in re.findall(r"([A-Z_]+)=%d/(\w+)", text)} == set(
        re.findall(r"^LoadCredential=(\w+):", text, re.MULTILINE)
    )


def test_systemd_understands_all_units(tmp_path: Path) -> None:
    program = installed("systemd-analyze", "systemd")
    for name in UNITS:
        text = (DEPLOY / "systemd" / name).read_text(encoding="utf-8")
        # It looks whether the programs are there.
        (tmp_path / name).write_text(text.replace("/opt/distributor/bin/", f"{Path(sys.executable).parent}/"))
    done = subprocess.run(
        [program, "verify", *sorted(map(str, tmp_path.iterdir()))], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_prometheus_understands_its_settings_and_our_rules() -> None:
    program = installed("promtool", "prometheus")
    for kind, file in (("config", "prometheus.yml"), ("rules", "rules.yml")):
        done = subprocess.run(
            [program, "check", kind, str(DEPLOY / "prometheus" / file)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_alerts_are_those_of_the_docs() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    [documented] = re.findall(r"```yaml\n(groups:.*?)```", page, re.DOTALL)
    rules = yaml.safe_load((DEPLOY / "prometheus/rules.yml").read_text(encoding="utf-8"))
    assert rules["groups"][0] == yaml.safe_load(documented)["groups"][0]


def test_caddy_understands_its_file() -> None:
    program = installed("caddy", "caddy")
    done = subprocess.run(
        [program, "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "caddy/Caddyfile")],
        env={"DISTRIBUTOR_SITE_URL": "https://letters.example.org", "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def installed(program: str, package: str) -> str:
    """Return a program. Not installed where it is missing: its package would start a service of this machine."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"There is no {program} here (on Debian: apt install {package}).")
    return path
