"""Contents as they go over the wire, and the commands that go before them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.channels.mail import relay
from distributor.channels.mail.smtp.transaction import MailTransaction, Unfit, prepare
from distributor.channels.mail.smtp.wire import LONGEST_LINE, Extensions, LineTooLong, wire_content
from distributor.domain.recipients import Recipient

RELAY = relay.read("smtp://relay.example.org")
ALL = Extensions(pipelining=True, eight_bit=True, utf8=True, size=True)
LINES = st.lists(st.sampled_from([b".", b"\r\n", b"\n", b"\r", b"x", b"..", b"."]), max_size=30).map(b"".join)


def mail(
    content: bytes = b"x\r\n", *, address: str = "kim@example.org", sender: str = "e@x.org", ready: bool = False
) -> MailTransaction:
    return MailTransaction(Recipient(1, address), sender, address, content, "<1@x>", stuffed=ready)


@given(LINES)
def test_a_content_never_ends_before_its_end(content: bytes) -> None:
    wire = wire_content(content)
    assert wire.endswith(b"\r\n")
    assert b"\r\n.\r\n" not in b"\r\n" + wire
    assert wire.replace(b"\r\n", b"").count(b"\r") == wire.replace(b"\r\n", b"").count(b"\n") == 0
    lines = [line.removeprefix(b".") for line in wire.split(b"\r\n")]
    as_text = b"\n".join(lines)
    assert as_text.rstrip(b"\n") == content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n")


def test_lines_have_a_limit() -> None:
    assert wire_content(b"x" * LONGEST_LINE) == b"x" * LONGEST_LINE + b"\r\n"
    with pytest.raises(LineTooLong):
        wire_content(b"a\r\n" + b"x" * (LONGEST_LINE + 1))
    with pytest.raises(Unfit) as caught:
        prepare(mail(b"x" * (LONGEST_LINE + 1)), RELAY, ALL)
    assert caught.value.outcome.code == "template"


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_address_ends_its_command(address: str, sender: str) -> None:
    with suppress(Unfit, UnicodeEncodeError):
        made = prepare(mail(address=address, sender=sender), RELAY, ALL)
        assert (made.sender + made.recipient).count("\n") == 2
        assert made.sender.count(">") == made.recipient.count(">") == 1


@pytest.mark.parametrize(
    "address", ["kim@example.org>\r\nRCPT TO:<x@y.z", "kim @example.org", "<kim@example.org>", "a\0b@c.d"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    for one in (mail(address=address), mail(sender=address)):
        with pytest.raises(Unfit) as caught:
            prepare(one, RELAY, ALL)
        assert caught.value.outcome.code == "address"


@pytest.mark.parametrize(
    ("one", "offered", "sender"),
    [
        (mail(), Extensions(), "MAIL FROM:<e@x.org>\r\n"),
        (mail(), ALL, "MAIL FROM:<e@x.org> SIZE=3\r\n"),
        (mail("ä\r\n".encode()), ALL, "MAIL FROM:<e@x.org> BODY=8BITMIME SIZE=4\r\n"),
        (mail(address="민지@example.org"), ALL, "MAIL FROM:<e@x.org> SMTPUTF8 BODY=8BITMIME SIZE=3\r\n"),
    ],
)
def test_what_a_server_offers_is_made_use_of(one: MailTransaction, offered: Extensions, sender: str) -> None:
    assert prepare(one, RELAY, offered).sender == sender


@pytest.mark.parametrize(
    ("one", "offered", "code"),
    [
        (mail("ä\r\n".encode()), Extensions(size=True), "5.6.3"),
        (mail(address="민지@example.org"), Extensions(eight_bit=True), "5.6.7"),
        (mail(b"x" * 80), Extensions(size=True, size_limit=79), "5.3.4"),
    ],
)
def test_what_a_server_does_not_offer_is_refused_with_a_reason(
    one: MailTransaction, offered: Extensions, code: str
) -> None:
    with pytest.raises(Unfit) as caught:
        prepare(one, RELAY, offered)
    assert caught.value.outcome.code == code


def test_what_is_ready_goes_as_it_is() -> None:
    content = b"..\r\nx\r\n"
    assert prepare(mail(content, ready=True), RELAY, ALL).content is content
