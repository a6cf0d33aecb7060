"""A whole message: its headers, whatever it is sent with, and what comes back to where."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from itertools import product
from typing import Any

import dkim
import pytest

from distributor.channels.base import Intent, Options
from distributor.channels.mail.compose import compose
from distributor.channels.mail.dkim import Signer, dns_record, new_key
from distributor.channels.mail.message import BadAddress, BuiltMail, MessageBuilder
from distributor.channels.mail.payload import MailPayload
from distributor.domain.recipients import Recipient
from distributor.domain.variants import Variant
from distributor.rendering.mail import RecipientPass
from tests.unit.rendering.letters import LETTER

NOW = datetime(2026, 3, 2, 5, 0, 0, 250_000, tzinfo=UTC)
INTENT = Intent("3f2c1c5a-5a52-4c0e-8d39-0f3a3f0e3f11", 1, NOW)
MARK, TRACK = "0107010712345678", "0107010787654321"
KIM = Recipient(42, "kim@example.org", "Kim Reader", "en", {}, "https://letters.example.com/u/abc/", MARK, TRACK)
VARIANT = compose(LETTER, Options())
KEYS = {"rsa": new_key("rsa"), "ed25519": new_key("ed25519")}


def builder(variant: Variant = VARIANT, **settings: Any) -> MessageBuilder:
    envelope = MailPayload.of(variant).envelope
    return MessageBuilder(envelope, INTENT, RecipientPass(variant), **{"clock": lambda: NOW, **settings})


def read(built: BuiltMail) -> EmailMessage:
    return message_from_bytes(built.content, _class=EmailMessage, policy=policy.default)


def signers() -> list[Signer]:
    return [Signer(domain="harbor.example.com", selector=name, key=key) for name, key in KEYS.items()]


@pytest.mark.parametrize(("web", "track", "verp", "signed"), list(product((True, False), repeat=4)))
def test_every_header_that_a_mailing_needs_is_there_once(web: bool, track: bool, verp: bool, signed: bool) -> None:
    recipient = replace(KIM, unsubscribe_url=KIM.unsubscribe_url if web else "", track=TRACK if track else "")
    variant = compose(LETTER, Options(track=track))
    domain = "returns.example.com" if verp else ""
    built = builder(variant, return_domain=domain, signers=signers() if signed else ()).build(recipient)
    message = read(built)
    leave = f"<mailto:unsubscribe+{MARK}@returns.example.com?subject=unsubscribe>"
    if not verp:
        leave = f"<mailto:letters@harbor.example.com?subject=unsubscribe%20{MARK}>"
    expected = {
        "From": "Harbor Letters <letters@harbor.example.com>",
        "To": "Kim Reader <kim@example.org>",
        "Subject": LETTER.title,
        "Date": "Mon, 02 Mar 2026 05:00:00 +0000",
        "Message-ID": f"<{INTENT.key}.{TRACK if track else 42}@harbor.example.com>",
        "List-Unsubscribe": f"<{KIM.unsubscribe_url}>, {leave}" if web else leave,
        "List-Id": "Harbor Letters <harbor.harbor.example.com>",
        "List-Help": "<https://letters.example.com/harbor/>",
        "List-Archive": "<https://letters.example.com/harbor/>",
        "List-Post": "NO",
        "Feedback-ID": f"{INTENT.key}:harbor:letter:harbor-example-",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "MIME-Version": "1.0",
    }
    if web:
        expected["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    found = {name: str(value) for name, value in message.items() if name not in ("Content-Type", "DKIM-Signature")}
    assert found == expected
    assert len(message.keys()) == len(expected) + 1 + 2 * signed
    assert len(message.get_all("DKIM-Signature", [])) == 2 * signed
    assert built.message_id == expected["Message-ID"]
    assert built.size == len(built.content)
    assert built.sender == (f"bounces+{MARK}@returns.example.com" if verp else "letters@harbor.example.com")
    assert (f"/c/{TRACK}/0" in message.get_body(("html",)).get_content()) is track  # type: ignore[union-attr]


def test_the_signature_holds_for_the_whole_message() -> None:
    """Checked by another implementation: dkimpy."""
    made = builder(signers=signers(), return_domain="returns.example.com")
    built = made.build(replace(KIM, name="민지 독자")).content

    def record(asked: bytes, timeout: int = 5) -> bytes:
        return dns_record(domain="harbor.example.com", selector="rsa", key=KEYS["rsa"]).value.encode()

    assert built.startswith(b"DKIM-Signature: v=1; a=rsa-sha256;")
    assert dkim.verify(built, dnsfunc=record)
    for changed in (b"List-Unsubscribe-Post", b"Dear Commissioners", b"Message-ID"):
        assert changed in built
        assert not dkim.verify(built.replace(changed, changed.swapcase()[::-1]), dnsfunc=record)


def test_the_parts_come_back_as_they_were_rendered() -> None:
    plain = RecipientPass(VARIANT).render(KIM)
    message = read(builder().build(KIM))
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    for part, kind, said in ((text, "text/plain", plain.text), (html, "text/html", plain.html)):
        assert part.get_content_type() == kind
        assert part["Content-Transfer-Encoding"] == "quoted-printable"
        assert part.get_payload(decode=True) == said.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("signed", [False, True])
def test_no_dot_has_to_be_stuffed_and_no_line_is_long(signed: bool) -> None:
    dots = ".\n..\n.x\n" + "." * 500 + "\n{{ recipient.name }}\n."
    variant = replace(VARIANT, html=dots, text=dots, subject=".{{ recipient.name }}")
    name = ".민" * 100
    built = builder(variant, signers=signers() if signed else ()).build(replace(KIM, name=name))
    assert b"\r\n." not in built.content
    assert not built.content.startswith(b".")
    assert built.content.replace(b"\r\n", b"").count(b"\n") == built.content.replace(b"\r\n", b"").count(b"\r") == 0
    head, _, body = built.content.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert built.content.endswith(b"--\r\n")
    text, _ = read(built).iter_parts()
    assert text.get_payload(decode=True) == dots.replace("{{ recipient.name }}", name).replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    "subject",
    [
        "안녕 {{ recipient.name }}, " + "바다의 편지 " * 12,
        "{{ recipient.name }} 🌊" * 9,
        "é" * 200,
        "a " * 90,
        "=?x?= y",
    ],
)
def test_personal_subjects_and_names_come_back_in_words_of_the_right_length(subject: str) -> None:
    recipient = replace(KIM, name="김민지 그리고 아주 긴 이름을 가진 독자 한 사람 🌊 더")
    built = builder(replace(VARIANT, subject=subject)).build(recipient)
    message = read(built)
    assert message["Subject"] == " ".join(subject.replace("{{ recipient.name }}", recipient.name).split())
    # Python's own reading of addresses sees a space between two encoded words, which RFC 2047 §6.2 takes away.
    [to] = [value for name, value in message_from_bytes(built.content).items() if name == "To"]
    assert str(make_header(decode_header(to))) == f"{recipient.name} <{recipient.email}>"
    head = built.content.partition(b"\r\n\r\n")[0].split(b"\r\nFrom:")[0]
    encoded = [line for line in head.split(b"\r\n") if b"=?utf-8?" in line]
    assert max(map(len, encoded), default=0) <= 76
    for line in encoded:
        for word in line.split():
            if word.startswith(b"=?"):
                assert len(word) <= 75


def test_the_date_moves_on_with_the_clock() -> None:
    moments = iter([NOW, NOW + timedelta(milliseconds=500), NOW + timedelta(seconds=1), NOW + timedelta(minutes=3)])
    made = builder(clock=lambda: next(moments))
    dates = [parsedate_to_datetime(read(made.build(KIM))["Date"]) for _ in range(4)]
    assert [(date - NOW.replace(microsecond=0)).total_seconds() for date in dates] == [0, 0, 1, 180]


def test_who_has_no_token_comes_back_to_the_publication() -> None:
    built = builder(return_domain="returns.example.com").build(replace(KIM, token=""))
    assert built.sender == "letters@harbor.example.com"
    assert "<mailto:letters@harbor.example.com?" in read(built)["List-Unsubscribe"]


@pytest.mark.parametrize("domain", ["no domain", "a@b", "x\r\nRCPT TO:<a@b.c>"])
def test_what_is_no_return_domain_is_refused(domain: str) -> None:
    with pytest.raises(BadAddress):
        builder(return_domain=domain)


def test_a_letter_without_a_site_has_no_archive_and_is_not_tracked() -> None:
    bare = replace(LETTER, publication=replace(LETTER.publication, site_url=""))
    variant = compose(bare, Options())
    message = read(builder(variant).build(KIM))
    assert message["List-Help"] is message["List-Archive"] is None
    assert MailPayload.of(variant).links == ()
    assert TRACK not in message.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_answers_go_to_the_publications_reply_to_address() -> None:
    letter = replace(LETTER, publication=replace(LETTER.publication, reply_to="desk@harbor.example.com"))
    variant = compose(letter, Options())
    assert read(builder(variant).build(KIM)).get_all("Reply-To") == ["desk@harbor.example.com"]
    assert read(builder().build(KIM))["Reply-To"] is None
    older = {name: value for name, value in variant.payload.to_json().items() if name != "reply_to"}
    assert MailPayload.from_json(older).envelope.reply_to == ""
