"""`distributor demo`: a letter through everything into the practice world, and nothing left behind."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.commands import COMMAND, House, processes
from tests.patience import PATIENCE

BAR = ["facebook", "twitter", "kakao", "mail", "link"]


def fetched(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        return json.load(answer)


@pytest.fixture
def house() -> Iterator[House]:
    # Not in pytest’s folder: any other run of pytest closes that to PostgreSQL, which is another user than root.
    with tempfile.TemporaryDirectory(prefix="distributor-demo-", ignore_cleanup_errors=True) as folder:
        made = House(Path(folder))
        yield made
        for process in processes(made.home):  # where a test failed: nothing of it may stay
            process.kill()


def test_everything_is_delivered(house: House) -> None:
    away = {"DATABASE_URL": "postgresql://away.example/x", "REDIS_URL": "redis://away.example/0"}
    ran = house.run("demo", "--no-stay", "--json", "--recipients", "200", **away)
    assert ran.code == 0, ran.said
    assert "does not use DATABASE_URL, REDIS_URL." in ran.said
    result = ran.json
    assert list(result) == ["letter", "dispatches"]
    assert result["letter"]["title"]
    assert [one["channel"] for one in result["dispatches"]] == BAR
    for one in result["dispatches"]:
        assert list(one) == ["channel", "target", "state", "recipients", "accepted", "rejected", "url"]
        expected = 200 if one["channel"] == "mail" else 1
        assert (one["state"], one["recipients"], one["accepted"], one["rejected"]) == ("sent", expected, expected, 0)
        assert one["url"].startswith("http://127.0.0.1:")
    assert processes(house.home) == []


def test_bad_input_starts_nothing(house: House) -> None:
    assert "There is no file" in house.refused("demo", "gone.html")
    assert not (house.home / "demo").exists()


def test_on_a_terminal_it_stays_until_ctrl_c_and_says_what_was_not_delivered(house: House) -> None:
    letter = house.home / "pigeons.md"
    letter.write_text(
        "---\ntitle: By pigeon\nchannels: [twitter, facebook, mail, pigeon]\n---\n\nDear reader, look up.\n"
    )
    primary, secondary = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "demo", str(letter), "--recipients", "20"],
        env=house.environment(TERM="xterm", COLUMNS="100"), cwd=house.home,
        stdin=secondary, stdout=secondary, stderr=secondary,
        preexec_fn=lambda: os.login_tty(secondary),
    )  # fmt: skip
    os.close(secondary)
    shown = ""
    deadline = time.monotonic() + PATIENCE
    while "press Ctrl-C" not in shown:
        assert time.monotonic() < deadline, shown
        if select.select([primary], [], [], 0.2)[0]:
            try:
                shown += os.read(primary, 65536).decode(errors="replace")
            except OSError as error:  # it has ended
                raise AssertionError(shown) from error
    practice = re.search(r"Practice world\s+(http://127\.0\.0\.1:\d+)/", shown)
    desk = re.search(r"(http://127\.0\.0\.1:\d+)/desk/", shown)
    assert practice
    assert desk
    assert fetched(f"{practice[1]}/api/mail")["total"] == 20
    posts = fetched(f"{practice[1]}/api/posts")["posts"]
    assert {post["channel"] for post in posts} == {"twitter", "facebook"}
    assert "Not everything was delivered" in shown
    with urllib.request.urlopen(f"{desk[1]}/desk/", timeout=PATIENCE) as answer:
        assert answer.status == 200

    assert "A demo runs already" in house.refused("demo")
    process.send_signal(2)
    while True:
        try:
            if not os.read(primary, 65536):
                break
        except OSError:
            break
    os.close(primary)
    assert process.wait(timeout=PATIENCE) == 1
    assert processes(house.home) == []
