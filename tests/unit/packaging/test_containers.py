"""docker-compose.yml and the Dockerfile, as far as they can be judged without Docker."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from config.environment import VARIABLES
from distributor.cli.commands import cli

ROOT = Path(__file__).resolve().parents[3]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "mail-worker", "metrics", "beat")

# https://github.com/compose-spec/compose-spec/blob/main/05-services.md
SERVICE_KEYS = {
    "build", "cap_add", "cap_drop", "command", "depends_on", "environment", "healthcheck", "image", "init", "ports",
    "profiles", "read_only", "restart", "secrets", "security_opt", "shm_size", "stop_grace_period", "tmpfs", "volumes",
}  # fmt: skip
HEALTH_KEYS = {"test", "interval", "timeout", "start_period", "retries", "disable"}
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}


def test_the_file_says_only_what_compose_knows() -> None:
    assert {key for key in COMPOSE if not key.startswith("x-")} <= {"name", "services", "secrets", "volumes"}
    for service in SERVICES.values():
        assert set(service) <= SERVICE_KEYS
        assert set(service.get("healthcheck", {})) <= HEALTH_KEYS
        assert re.fullmatch(r"no|always|on-failure(:\d+)?|unless-stopped", service["restart"])


def test_what_is_named_is_there() -> None:
    for service in SERVICES.values():
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).exists()
        for name, condition in service.get("depends_on", {}).items():
            assert condition["condition"] in CONDITIONS
            if condition["condition"] == "service_healthy":
                assert "test" in SERVICES[name]["healthcheck"]


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_of_ours_and_every_file_a_secret(name: str) -> None:
    known = {one.name for one in VARIABLES}
    secret = {f"{one.name}_FILE" for one in VARIABLES if one.secret}
    environment = SERVICES[name]["environment"]
    assert set(environment) - {"FORWARDED_ALLOW_IPS"} <= known | secret  # that one is uvicorn's
    for variable in set(environment) & secret:
        assert environment[variable].removeprefix("/run/secrets/") in SERVICES[name]["secrets"]
    assert set(environment) >= {
        "DATABASE_URL_FILE",
        "REDIS_URL_FILE",
        "DISTRIBUTOR_SECRET_KEY_FILE",
        "DISTRIBUTOR_SITE_URL",
    }


@pytest.mark.parametrize("name", OURS)
def test_every_setting_reaches_every_service(name: str) -> None:
    given = {variable.removesuffix("_FILE") for variable in SERVICES[name]["environment"]}
    # The first never where strangers come; the other is for who asks the API, as `distributor mcp` does.
    assert {one.name for one in VARIABLES} - given == {"DISTRIBUTOR_DEBUG", "DISTRIBUTOR_TOKEN"}


def test_secrets_of_the_database_agree() -> None:
    postgres = SERVICES["postgres"]
    made = re.search(
        r"'postgresql://(\w+):%s@(\w+):5432/(\w+)'", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    )
    assert made
    assert made.groups() == (
        postgres["environment"]["POSTGRES_USER"],
        "postgres",
        postgres["environment"]["POSTGRES_DB"],
    )


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_there(name: str) -> None:
    program, *arguments = SERVICES[name]["command"]
    assert importlib.util.find_spec(program)
    if program == "distributor":
        assert arguments[0] in cli.list_commands(click.Context(cli))
    else:
        application = next(one for one in arguments if one.split(":")[0] in {"tasks", "config.asgi"})
        assert importlib.util.find_spec(application.split(":")[0])


def test_the_image_is_made_of_locked_packages_by_an_ordinary_user() -> None:
    installs = re.findall(r"pip install .*", DOCKERFILE)
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)
    assert re.search(r"^USER (?!root)\w+", DOCKERFILE, re.MULTILINE)
    assert "HEALTHCHECK" in DOCKERFILE
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        for path in source.split():
            assert (ROOT / path).exists(), path


def test_what_the_image_needs_is_not_ignored() -> None:
    kept = [
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")
    ]
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        for path in source.split():
            assert any(path == one or path.startswith(f"{one}/") for one in kept), path
