"""What mails that follow no standard are: bounces, delays, and what assistants and help desks write."""

from __future__ import annotations

from email.header import Header

import pytest

from distributor.channels.mail.returns.classification import MailKind, Reading, read
from distributor.domain.bounces import is_certain_end
from distributor.domain.returns import Kind
from tests.unit.returns.installation import NOW, SUBSCRIBER, TOKEN, known

RETURN = f"bounces+{TOKEN}@return.lantern.example"
POSTFIX = "MAILER-DAEMON@mx.relay.example (Mail Delivery System)"
AS_POSTFIX_BEGINS = """\
This is the mail system at host mx.relay.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

If you do so, please include this problem report. You can
delete your own text from the attached returned message.

                   The mail system

"""
GONE = "550 5.1.1 <bo@readers.example>: Recipient address rejected: User unknown"


def reading(body: str | bytes, *, sender: str = POSTFIX, subject: str = "Undelivered Mail", **headers: str) -> Reading:
    """Read a mail to a return path of ours; `headers` have _ for -."""
    lines = {"Return-Path": "<>", "From": sender, "To": RETURN, "Subject": subject, "Message-ID": "<1@mx.example>"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    raw = head.encode() + b"\r\n" + (body.encode() if isinstance(body, str) else body)
    return read(raw, lookups=known(), received_at=NOW)


def test_a_delay_stays_one_whatever_its_text_says_of_a_returned_message() -> None:
    text = AS_POSTFIX_BEGINS.replace(
        "could not\nbe delivered to one", "could not be delivered for more than 4 hour(s).\nIt will be retried. To one"
    )
    (event,) = reading(
        f"{text}<bo@readers.example>: connect to mx.readers.example[192.0.2.2]:25: No route to host (4.4.1)\n"
        "    said: 451 4.4.1 try later\n",
        subject="Delayed Mail (still being retried)",
        Auto_Submitted="auto-replied",
    ).events
    assert (event.kind, event.status) == (Kind.DELAYED, "4.4.1")


@pytest.mark.parametrize(
    "sentence",
    [
        "THIS IS A WARNING MESSAGE ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE.",
        "No action is required on your part. Delivery attempts will continue to be made.",
        "The server will keep trying for 3 more days.",
    ],
)
def test_servers_say_in_their_own_words_that_they_go_on(sentence: str) -> None:
    (event,) = reading(f"{sentence}\n\nbo@readers.example\n  421 4.3.2 busy\n", subject="Delivery delayed").events
    assert event.kind is Kind.DELAYED


def test_a_bounce_in_plain_words_is_read_to_its_end() -> None:
    (event,) = reading(
        f"{AS_POSTFIX_BEGINS}<bo@readers.example>: host mx.readers.example[192.0.2.2] said: 550 5.1.1\n"
        "    <bo@readers.example>: Recipient address rejected: User unknown (in reply to RCPT TO command)\n",
        Auto_Submitted="auto-replied",
    ).events
    assert (event.kind, event.status, event.subscriber) == (Kind.HARD_BOUNCE, "5.1.1", SUBSCRIBER)
    assert is_certain_end(event)


def test_what_was_given_up_after_days_without_a_code_may_pass() -> None:
    body = (
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be\n"
        "delivered to one or more of its recipients.\n\n  bo@readers.example\n    retry timeout exceeded\n"
    )
    (event,) = reading(body, sender="Mail Delivery System <Mailer-Daemon@mx.example>").events
    assert (event.kind, event.status, event.reason) == (Kind.SOFT_BOUNCE, "", "retry timeout exceeded")


@pytest.mark.parametrize("sender", ["MAILER-DAEMON <>", "MAILER-DAEMON", "mailer-daemon", '"Mail Delivery System" <>'])
def test_a_daemon_needs_no_domain(sender: str) -> None:
    body = f"There was an error delivering your mail to <bo@readers.example>.\n\nmx did not like our RCPT TO:\n{GONE}\n"
    (event,) = reading(body, sender=sender, Return_Path="").events
    assert (event.kind, event.status, event.certain) == (Kind.HARD_BOUNCE, "5.1.1", True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-generated", "X_Auto_Response_Suppress": "All"},
        {"Auto_Submitted": "auto-replied (vacation)"},
        {"X_Auto_Response_Suppress": "DR, OOF, AutoReply", "Return_Path": "kim@corp.example"},
        {"X_Autoreply": "yes", "Return_Path": "kim@corp.example"},
        {"Precedence": "auto-reply", "Return_Path": "kim@corp.example"},
        {"Precedence": "junk", "Return_Path": "kim@corp.example"},
        {"X_POST_MessageClass": "9; Autoresponder", "Return_Path": "kim@corp.example"},
        {"Return_Path": "<>"},
    ],
)
@pytest.mark.parametrize(
    "subject", ["Automatische Antwort: Neues", "Автоматический ответ: Новости", "휴가입니다", "Hi"]
)
def test_an_assistant_is_told_by_its_headers_in_any_language(subject: str, headers: dict[str, str]) -> None:
    encoded = Header(subject, "utf-8").encode()
    assert reading("…", sender="Kim <kim@corp.example>", subject=encoded, **headers).kind is MailKind.AUTOMATIC_REPLY


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: News",
        "Automatische Antwort: Neues",
        "Automatisch antwoord: Nieuws",
        "Automatiskt svar: Nyheter",
        "Réponse automatique : Lettre",
        "Risposta automatica: Notizie",
        "Automatyczna odpowiedź: Wieści",
        "Otomatik yanıt: Haberler",
        "Автоматический ответ: Новости",
        "自动答复: 新闻",
        "自動返信: 便り",
        "자동 회신: 소식",
        "Trả lời tự động: Tin",
    ],
)
def test_without_such_headers_a_subject_says_it(subject: str) -> None:
    encoded = Header(subject, "utf-8").encode()
    found = reading("…", sender="Kim <kim@corp.example>", subject=encoded, Return_Path="kim@corp.example")
    assert found.kind is MailKind.AUTOMATIC_REPLY


@pytest.mark.parametrize("headers", [{}, {"Return_Path": "desk@corp.example"}, {"Auto_Submitted": "auto-replied"}])
def test_a_help_desk_that_does_not_know_an_account_ends_none(headers: dict[str, str]) -> None:
    body = "Your request was registered. Account does not exist in our customer system; please sign up. Error 550 5.1.1"
    sender, subject = "Support <support@corp.example>", "[Ticket #5.1.100] Received"
    assert reading(body, sender=sender, subject=subject, **headers).events == ()


@pytest.mark.parametrize("subject", ["Fwd: Undelivered Mail", "Re: the letter", "I get returned mail"])
def test_what_a_person_writes_of_a_bounce_is_none(subject: str) -> None:
    body, sender = f"My cousin gets this:\n{GONE}\n", "Bo <bo@readers.example>"
    found = reading(body, sender=sender, subject=subject, Return_Path="bo@readers.example")
    assert (found.kind, found.events) == (MailKind.UNKNOWN, ())


@pytest.mark.parametrize("subject", ["Delivery failure", "Mail could not be delivered", "Non-Delivery: News"])
@pytest.mark.parametrize(
    ("headers", "certain"),
    [
        ({}, False),
        ({"Auto_Submitted": "auto-replied"}, False),
        ({"Auto_Submitted": "auto-generated"}, True),
        ({"Return_Path": "<>"}, True),
    ],
)
def test_a_notice_at_our_return_path_from_any_address_is_proven_where_a_server_wrote_it(
    subject: str, headers: dict[str, str], certain: bool
) -> None:
    gate = {"sender": "imss@gate.example", "subject": subject, "Return_Path": "imss@gate.example", **headers}
    (event,) = reading(f"Remote host said: {GONE}\n", **gate).events
    assert (event.kind, event.status, event.certain) == (Kind.HARD_BOUNCE, "5.1.1", certain)
    assert event.subscriber == SUBSCRIBER


@pytest.mark.parametrize("words", ["It was not to be.\n", "Account does not exist in our customer system.\n"])
def test_a_notice_from_any_address_has_to_say_what_a_server_said(words: str) -> None:
    gate = {"sender": "imss@gate.example", "subject": "Delivery failure", "Return_Path": "imss@gate.example"}
    assert reading(words, **gate).events == ()


def status_report(action: str, status: str, diagnostic: str, notice: str = "") -> Reading:
    return reading(
        f"--b\r\nContent-Type: text/plain\r\n\r\n{notice}\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.relay.example\r\n\r\nFinal-Recipient: rfc822; bo@readers.example\r\n"
        f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {diagnostic}\r\n\r\n--b--\r\n",
        Content_Type="multipart/report; report-type=delivery-status; boundary=b",
    )


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "kind", "code"),
    [
        ("deliverable", "2.1.5", "250 2.1.5 Ok", Kind.DELIVERED, "2.1.5"),
        ("accepted", "2.0.0", "250 Ok", Kind.DELIVERED, "2.0.0"),
        ("undeliverable", "5.1.1", GONE, Kind.HARD_BOUNCE, "5.1.1"),
        ("failed", "2.0.0", "550 User unknown", Kind.HARD_BOUNCE, "5.1.1"),
        ("failed", "5.0.0", "5.1.1 user unknown", Kind.HARD_BOUNCE, "5.1.1"),
        ("failed", "5.2.1", "550 receiving mail at a rate that prevents more", Kind.SOFT_BOUNCE, "5.2.1"),
        ("failed", "5.1.1", "552 mailbox is over quota (#5.1.1)", Kind.HARD_BOUNCE, "5.1.1"),
    ],
)
def test_reports(action: str, status: str, diagnostic: str, kind: Kind, code: str) -> None:
    (event,) = status_report(action, status, diagnostic).events
    assert (event.kind, event.status) == (kind, code)


def test_who_is_unknown_only_at_the_end_of_the_message_is_not_gone() -> None:
    diagnostic = "550 Unknown user bo@phone.example"
    late = "host mx.phone.example said: 550 Unknown user bo@phone.example (in reply to end of DATA command)"
    (event,) = status_report("failed", "5.0.0", diagnostic, notice=late).events
    assert (event.status, is_certain_end(event)) == ("5.0.0", False)
    (event,) = status_report("failed", "5.0.0", diagnostic, notice=late.replace("end of DATA", "RCPT TO")).events
    assert (event.status, is_certain_end(event)) == ("5.1.1", True)


def test_what_only_the_notice_says_of_a_full_mailbox_counts() -> None:
    notice = "Your message to <bo@readers.example> was automatically rejected:\r\nQuota exceeded (mailbox is full)"
    (event,) = status_report("failed", "5.1.1", GONE, notice=notice).events
    assert (event.kind, is_certain_end(event)) == (Kind.HARD_BOUNCE, False)
    assert event.reason.endswith("Quota exceeded (mailbox is full)")


@pytest.mark.parametrize("declared", ["us-ascii", "utf-8", "euc-kr", ""])
def test_korean_is_read_however_it_is_declared(declared: str) -> None:
    content_type = f"text/plain; charset={declared}" if declared else ""
    body = "메일이 반송되었습니다.\n\n존재하지 않는 사용자입니다.\n".encode("cp949")
    (event,) = reading(body, sender="postmaster@korea.example", Content_Type=content_type).events
    assert (event.status, event.reason) == ("5.1.1", "존재하지 않는 사용자입니다.")


def test_a_korean_subject_that_is_not_encoded_is_read() -> None:
    raw = b"From: kim@korea.example\r\nTo: " + RETURN.encode() + b"\r\nSubject: " + "부재중입니다".encode("cp949")
    found = read(raw + b"\r\n\r\n.\r\n", lookups=known(), received_at=NOW)
    assert (found.kind, found.subject) == (MailKind.AUTOMATIC_REPLY, "부재중입니다")


def test_a_notice_that_names_no_reason_counts_as_one_that_may_pass() -> None:
    (event,) = reading("Message could not be delivered to mobile.\n", subject="Undeliverable Message").events
    assert (event.kind, event.status, event.subscriber) == (Kind.SOFT_BOUNCE, "", SUBSCRIBER)
    assert reading("Your message was delivered.\n", subject="Delivery Status Notification (Success)").events == ()
