"""Mails that come back, as servers write them: what they are, and whom they are about."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest

from distributor.channels.mail.returns.address import return_address, unsubscribe_address
from distributor.channels.mail.returns.classification import MailKind, Reading, read
from distributor.domain.returns import Kind
from tests.conftest import SAMPLES
from tests.unit.returns.installation import DISPATCH, KEY, NOW, SUBSCRIBER, TOKEN, known

# A complaint as a feedback loop sends it (RFC 5965), up to the headers of the letter.
COMPLAINT_HEAD = (
    "From: fbl@isp.example\r\nSubject: complaint\r\n"
    'Content-Type: multipart/report; report-type=feedback-report; boundary="x"\r\n\r\n'
    "--x\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n"
    "--x\r\nContent-Type: message/feedback-report\r\n\r\n"
    "Feedback-Type: abuse\r\nUser-Agent: fbl/1\r\nVersion: 1\r\n\r\n"
    "--x\r\nContent-Type: message/rfc822\r\n\r\n"
)


def reading(name: str, **more: object) -> Reading:
    return read((SAMPLES / "returns" / name).read_bytes(), lookups=known(), received_at=NOW, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "kind", "email", "status"),
    [
        ("postfix.eml", Kind.HARD_BOUNCE, "gone@inbox.example", "5.1.1"),
        ("postfix-delayed.eml", Kind.DELAYED, "slow@inbox.example", "4.4.1"),
        ("expired.eml", Kind.SOFT_BOUNCE, "slow@inbox.example", "4.2.2"),
        ("exim.eml", Kind.HARD_BOUNCE, "gone@harbour.example", "5.1.1"),
        ("exim-text.eml", Kind.HARD_BOUNCE, "gone@harbour.example", "5.2.1"),
        ("exchange.eml", Kind.HARD_BOUNCE, "gone.person@office.example", "5.1.10"),
        ("gmail.eml", Kind.HARD_BOUNCE, "nobody.here@mail.example", "5.1.1"),
        ("policy.eml", Kind.HARD_BOUNCE, "strict@guard.example", "5.7.1"),
        ("qmail.eml", Kind.HARD_BOUNCE, "gone@quay.example", "5.1.1"),
        ("base64-status.eml", Kind.HARD_BOUNCE, "gone@korea.example", "5.1.1"),
        ("base64-status-7bit-type.eml", Kind.HARD_BOUNCE, "gone@korea.example", "5.1.1"),
        ("naver.eml", Kind.HARD_BOUNCE, "", "5.1.1"),
        ("korean-html.eml", Kind.HARD_BOUNCE, "", "5.1.1"),
        ("success.eml", Kind.DELIVERED, "ada@inbox.example", "2.0.0"),
    ],
)
def test_delivery_reports(name: str, kind: Kind, email: str, status: str) -> None:
    found = reading(name)
    assert found.kind is MailKind.DELIVERY_REPORT
    (event,) = found.events
    assert (event.kind, event.email, event.status) == (kind, email, status)
    assert (event.dispatch, event.subscriber, event.certain) == (DISPATCH, SUBSCRIBER, True)


@pytest.mark.parametrize(
    ("name", "email", "subscriber"),
    [
        ("yahoo-arf.eml", "", SUBSCRIBER),
        ("hotmail.eml", "angry@hot.example", SUBSCRIBER),
        ("arf-plain.eml", "angry@isp.example", None),
    ],
)
def test_complaints(name: str, email: str, subscriber: int | None) -> None:
    found = reading(name)
    assert found.kind is MailKind.COMPLAINT
    (event,) = found.events
    assert (event.kind, event.email, event.subscriber) == (Kind.COMPLAINT, email, subscriber)
    assert event.certain is (subscriber is not None)


def test_a_report_that_is_no_complaint_is_one_of_no_consequence() -> None:
    assert reading("arf-not-spam.eml").kind is MailKind.OTHER_REPORT
    assert reading("arf-not-spam.eml").events == ()
    assert reading("arf-opt-out.eml").events[0].kind is Kind.UNSUBSCRIBE


def test_several_recipients_in_one_report() -> None:
    events = reading("several.eml").events
    assert [(event.kind, event.status) for event in events] == [
        (Kind.HARD_BOUNCE, "5.1.1"),
        (Kind.DELIVERED, "2.1.5"),
        (Kind.DELAYED, "4.2.1"),
        (Kind.HARD_BOUNCE, "5.2.2"),
        (Kind.DELIVERED, "2.6.0"),
        (Kind.DELIVERED, "2.1.5"),
    ]
    # Behind the address are several people: that one of them is gone does not say that the address is.
    assert {event.forwarded for event in events[:4]} == {True}
    assert {event.email for event in events[:4]} == {"teachers@school.example"}
    assert len({event.event_id for event in events}) == 6
    assert events[0].at == datetime(2026, 3, 3, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("name", ["vacation.eml", "vacation-korean.eml"])
def test_automatic_replies_are_ignored_and_said_to_be(name: str) -> None:
    assert reading(name) == Reading(MailKind.AUTOMATIC_REPLY, (), reading(name).subject)
    assert reading(name).understood


def test_what_a_person_writes_is_left_for_a_person() -> None:
    assert reading("person.eml").kind is MailKind.UNKNOWN
    assert not reading("person.eml").understood


@pytest.mark.parametrize("name", ["unsubscribe.eml", "unsubscribe-button.eml"])
def test_any_mail_to_the_unsubscribe_address_unsubscribes_whoever_it_was_made_for(name: str) -> None:
    (event,) = reading(name).events
    assert (event.kind, event.dispatch, event.subscriber, event.certain) == (Kind.UNSUBSCRIBE, 7, SUBSCRIBER, True)


def test_without_a_mark_only_the_writer_can_be_unsubscribed() -> None:
    (event,) = reading("unsubscribe-by-subject.eml").events
    assert (event.dispatch, event.subscriber, event.email) == (DISPATCH, None, "ada@inbox.example")
    assert not event.certain


def test_a_mark_in_the_subject_unsubscribes_whoever_it_was_made_for() -> None:
    """List-Unsubscribe asks for this where the installation has no domain that mail comes back to."""
    raw = (SAMPLES / "returns" / "unsubscribe-by-subject.eml").read_bytes()
    (event,) = read(
        re.sub(rb"(?m)^Subject: .*?(\r?)$", b"Subject: unsubscribe " + TOKEN.encode() + rb"\1", raw),
        lookups=known(),
        received_at=NOW,
    ).events
    assert (event.kind, event.subscriber, event.certain) == (Kind.UNSUBSCRIBE, SUBSCRIBER, True)


@pytest.mark.parametrize("end", [known().tracking_tokens.write(DISPATCH, SUBSCRIBER), str(SUBSCRIBER)])
def test_a_message_id_says_who_it_may_be_about_and_proves_nothing(end: str) -> None:
    raw = f"{COMPLAINT_HEAD}Message-ID: <{KEY}.{end}@lantern.example>\r\n\r\n--x--\r\n".encode()
    (event,) = read(raw, lookups=known(), received_at=NOW).events
    assert (event.kind, event.dispatch, event.subscriber) == (Kind.COMPLAINT, DISPATCH, SUBSCRIBER)
    assert not event.certain


def test_the_envelope_says_who_it_is_before_the_headers_do() -> None:
    other = known().tokens.write(8, 99)
    (event,) = reading("postfix.eml", recipients=[return_address(other.upper(), "return.lantern.example")]).events
    assert (event.dispatch, event.subscriber) == (8, 99)


def test_a_forged_mark_is_no_mark() -> None:
    raw = (SAMPLES / "returns" / "postfix.eml").read_bytes().replace(TOKEN.encode(), TOKEN[::-1].encode())
    (event,) = read(raw, lookups=known(), received_at=NOW).events
    # Its Message-ID still names someone; that can be forged by everyone who got the letter.
    assert (event.dispatch, event.subscriber, event.certain) == (DISPATCH, SUBSCRIBER, False)
    (event,) = read(raw.replace(KEY.encode(), b""), lookups=known(), received_at=NOW).events
    assert (event.dispatch, event.subscriber, event.certain) == (None, None, False)
    assert event.email == "gone@inbox.example"


def test_several_marks_in_one_mail_name_nobody() -> None:
    other = known().tokens.write(8, 99)
    raw = (SAMPLES / "returns" / "qmail.eml").read_bytes() + f"\r\nunsubscribe+{other}@return.example".encode()
    (event,) = read(raw, lookups=known(), received_at=NOW).events
    assert (event.subscriber, event.certain) == (None, False)


def test_the_same_mail_is_the_same_event_whichever_way_it_came() -> None:
    for name in ("postfix.eml", "qmail.eml"):  # the second has no Message-ID
        raw = (SAMPLES / "returns" / name).read_bytes()
        again = b"Received: from elsewhere\r\nX-Spam: no\r\n" + raw
        one, two = (read(mail, lookups=known(), received_at=NOW).events[0] for mail in (raw, again))
        assert one.event_id == two.event_id
    assert len({reading(name).events[0].event_id for name in ("postfix.eml", "postfix-delayed.eml")}) == 2


def test_no_event_is_dated_later_than_it_came() -> None:
    early = datetime(2026, 3, 1, tzinfo=UTC)
    raw = (SAMPLES / "returns" / "gmail.eml").read_bytes()
    assert read(raw, lookups=known(), received_at=early).events[0].at == early


def test_a_letter_that_quotes_a_report_is_not_one() -> None:
    report = (SAMPLES / "returns" / "arf-plain.eml").read_bytes()
    forwarded = (
        b"From: ada@inbox.example\r\nSubject: what is this?\r\nContent-Type: multipart/mixed; boundary=f\r\n\r\n"
        b"--f\r\nContent-Type: message/rfc822\r\n\r\n" + report + b"\r\n--f--\r\n"
    )
    assert read(forwarded, lookups=known(), received_at=NOW).kind is MailKind.UNKNOWN


def test_addresses_fit_before_the_at() -> None:
    longest = known().tokens.write(2**56 - 1, 2**56 - 1)  # beyond any row that will be
    for address in (return_address(longest, "r.example"), unsubscribe_address(longest, "r.example")):
        assert len(address.partition("@")[0]) <= 64  # RFC 5321 §4.5.3.1.1
    assert str(UUID(KEY)) == KEY


@pytest.mark.parametrize("name", sorted(file.name for file in (SAMPLES / "returns").glob("*.eml")))
def test_no_mark_is_kept_for_people_to_see(name: str) -> None:
    refused = (
        b"550 5.7.1 <bounces+" + TOKEN.encode() + b"@return.lantern.example>: Sender rejected, see https://x.example/"
    )
    raw = (SAMPLES / "returns" / name).read_bytes().replace(b"550 5.1.1", refused + TOKEN.encode() + b"/ 550 5.1.1")
    for event in read(raw, lookups=known(), received_at=NOW).events:
        assert TOKEN not in f"{event.reason} {event.raw}".lower()
