"""When two mails are the same event: the same mail, about the same person, as well proven."""

from __future__ import annotations

from datetime import timedelta

import pytest

from distributor.channels.mail.returns.classification import read
from distributor.domain.returns import Kind, MailEvent
from tests.conftest import SAMPLES
from tests.unit.returns.installation import DISPATCH, NOW, SUBSCRIBER, TOKEN, known

DOMAIN = "return.lantern.example"


def wish(recipient: str, headers: dict[str, str] | None = None, *, seconds: int = 0) -> MailEvent:
    """Return the event of a mail that asks to be unsubscribed, with few headers and no text."""
    lines = {"From": "r20@d2.example", "Subject": "unsubscribe", **(headers or {})}
    raw = "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
    at = NOW + timedelta(seconds=seconds)
    (event,) = read(raw.encode(), lookups=known(), received_at=at, recipients=[recipient]).events
    assert event.kind is Kind.UNSUBSCRIBE
    return event


SIGNED, BARE = f"unsubscribe+{TOKEN}@{DOMAIN}", f"unsubscribe@{DOMAIN}"


def test_an_unproven_copy_is_not_the_proven_one() -> None:
    """Two such mails in a row: the second, which proves whom it is about, was dropped as the first."""
    bare, signed = wish(BARE), wish(SIGNED)
    assert (bare.certain, signed.certain) == (False, True)
    assert bare.event_id != signed.event_id


@pytest.mark.parametrize("headers", [{"Message-ID": "<1@d2.example>"}, {"Date": "Mon, 2 Mar 2026 09:00:00 +0000"}])
def test_the_same_mail_read_twice_is_one(headers: dict[str, str]) -> None:
    assert wish(SIGNED, headers).event_id == wish(SIGNED, headers, seconds=90).event_id
    other = known().tokens.write(8, 99)
    assert wish(SIGNED, headers).event_id != wish(f"unsubscribe+{other}@{DOMAIN}", headers).event_id


def test_wishes_of_two_days_are_two() -> None:
    first, second = (wish(SIGNED, {"Date": f"Mon, {day} Mar 2026 09:00:00 +0000"}) for day in (2, 9))
    assert first.event_id != second.event_id


def test_a_wish_that_nothing_tells_apart_is_a_new_one_each_time() -> None:
    assert wish(SIGNED).event_id != wish(SIGNED, seconds=1).event_id


def test_a_report_without_and_with_its_envelope_is_two() -> None:
    raw = (SAMPLES / "returns" / "postfix.eml").read_bytes()
    bare = raw.replace(TOKEN.upper().encode(), b"").replace(TOKEN.encode(), b"")
    first, second = (
        read(bare, lookups=known(), received_at=NOW, recipients=recipients).events[0]
        for recipients in ([], [f"bounces+{TOKEN}@{DOMAIN}"])
    )
    assert not first.certain
    assert (second.certain, second.dispatch, second.subscriber) == (True, DISPATCH, SUBSCRIBER)
    assert first.event_id != second.event_id
