"""The relay hands bounces over by LMTP or SMTP: 250 means that it is in the database."""

from __future__ import annotations

import os
import re
import signal
import smtplib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from distributor.audience.models import Suppression
from distributor.audience.signed_tokens import recipient_tokens
from distributor.insights.models import ReturnedEvent
from tests.integration import commands, returned, world
from tests.integration.commands import COMMAND, Ran
from tests.integration.processes import environment
from tests.integration.returned import DOMAIN
from tests.integration.world import reader
from tests.patience import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def listening(*options: str) -> Iterator[int]:
    """`distributor returns listen` in a process of its own; its port."""
    process = subprocess.Popen(
        [*COMMAND, "returns", "listen", "--port", "0", *options],
        env={**environment(), "DISTRIBUTOR_RETURN_DOMAIN": DOMAIN},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    try:
        said = process.stderr.readline()
        found = re.search(r":(\d+) \((SMTP|LMTP)\)", said)
        assert found, said + process.stderr.read()
        yield int(found[1])
    finally:
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, rest
    assert "Traceback" not in rest


def to(subscriber: int = 12, purpose: str = "bounces") -> str:
    return f"{purpose}+{recipient_tokens().write(7, subscriber)}@{DOMAIN}"


def test_a_bounce_by_lmtp_has_its_consequence_when_it_is_answered() -> None:
    world.make_list(world.make_publication(), 3)
    one = reader(1).pk
    with listening("--lmtp") as port, smtplib.LMTP("127.0.0.1", port, timeout=PATIENCE) as client:
        gone = returned.mail(subscriber=one, email="reader1@inbox.example")
        assert client.sendmail("", [to(one).upper()], gone) == {}
        assert Suppression.objects.get().email == "reader1@inbox.example"
        client.sendmail("", [to(one)], gone)  # its answer was lost, it comes again
        client.sendmail("ada@inbox.example", [to(one, "unsubscribe")], b"Subject: bye\r\n\r\n")
    assert sorted(ReturnedEvent.objects.values_list("kind", flat=True)) == ["hard bounce", "unsubscribe"]


def test_only_our_own_addresses_are_taken_and_one_at_a_time() -> None:
    with listening() as port, smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE) as client:
        client.ehlo("relay.example")
        client.mail("")
        assert client.rcpt("someone@elsewhere.example")[0] == 550
        assert client.rcpt(f"someone@{DOMAIN}")[0] == 550
        assert client.rcpt(f"bounces+{recipient_tokens().write(1, 1)[::-1]}@{DOMAIN}")[0] == 550
        assert client.rcpt(f"complaints@{DOMAIN}")[0] == 250
        assert client.rcpt(to())[0] == 452
        assert client.data(returned.mail("yahoo-arf.eml"))[0] == 250
        with pytest.raises(smtplib.SMTPDataError, match=r"5\.6\.0"):
            client.sendmail("ada@inbox.example", [to()], returned.mail("person.eml"))
        assert client.sendmail("", [to()], returned.mail("vacation.eml")) == {}
        assert client.sendmail("", [to()], b"\r\n".join([returned.mail("qmail.eml"), b"x" * 20_000])) == {}
        with pytest.raises(smtplib.SMTPSenderRefused, match="552"):
            client.sendmail("", [to()], b"x" * 998 + b"\r\n" + b"Dear neighbours\r\n" * 1_600_000)
    assert sorted(ReturnedEvent.objects.values_list("kind", flat=True)) == ["complaint", "hard bounce"]


@contextmanager
def database_away() -> Iterator[None]:
    """Nobody new gets into the test's database; those who are in it stay."""
    settings = connection.settings_dict
    with psycopg.connect(host=settings["HOST"], user=settings["USER"], dbname="postgres", autocommit=True) as admin:
        change = f'ALTER DATABASE "{settings["NAME"]}" ALLOW_CONNECTIONS '
        admin.execute(change + "false")
        try:
            yield
        finally:
            admin.execute(change + "true")


def test_while_the_database_is_away_the_relay_keeps_it() -> None:
    with listening("--lmtp") as port, smtplib.LMTP("127.0.0.1", port, timeout=PATIENCE) as client:
        with database_away(), pytest.raises(smtplib.SMTPDataError, match=r"4\.3\.0 The database is away"):
            client.sendmail("", [to()], returned.mail())
        assert not ReturnedEvent.objects.exists()
        assert client.sendmail("", [to()], returned.mail()) == {}
    assert ReturnedEvent.objects.count() == 1


def run(*arguments: str, given: bytes = b"") -> Ran:
    """Run `distributor returns …` on the test's database."""
    return commands.run("returns", *arguments, given=given, env=environment())


def test_a_message_from_a_pipe(tmp_path: Path) -> None:
    done = run("read", "-", "--recipient", to(99), "--json", given=b"From MAILER-DAEMON\n" + returned.mail("qmail.eml"))
    assert done.code == 0, done.said
    assert '"what": "delivery report"' in done.out
    assert ReturnedEvent.objects.get().subscriber_id == 99
    with database_away():
        away = run("read", "-", given=returned.mail())
    assert away.code == os.EX_TEMPFAIL
    assert away.said.count("\n") == 1


def test_files_and_mboxes_and_a_dry_run(tmp_path: Path) -> None:
    box = tmp_path / "box"
    mails = [returned.mail(number=1), returned.mail("vacation.eml"), returned.mail("person.eml")]
    box.write_bytes(
        b"".join(b"From x@y Mon Mar  2 09:00:00 2026\n" + mail.replace(b"\r\n", b"\n") + b"\n" for mail in mails)
    )
    alone = tmp_path / "alone.eml"
    alone.write_bytes(returned.mail(number=2))
    tried = run("read", str(box), str(alone), "--dry-run")
    assert tried.code == 1
    assert "hard bounce: gone@inbox.example, dispatch 7" in tried.out
    assert f"Not understood, and not taken in: {box}, message 3." in tried.said
    assert not ReturnedEvent.objects.exists()
    assert (
        "4 mails: 2 new events, 0 known already; 1 ignored, 1 not understood." in run("read", str(box), str(alone)).out
    )
    assert ReturnedEvent.objects.count() == 2
    assert run("read", str(tmp_path / "missing")).code == 2


def test_what_is_not_set_is_said() -> None:
    assert "set DISTRIBUTOR_RETURNS_URL" in run("fetch").said
    assert "set DISTRIBUTOR_RETURN_DOMAIN" in run("listen").said
