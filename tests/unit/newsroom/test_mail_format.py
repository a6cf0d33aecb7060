"""Mails that anybody may have written: whatever is in them, they are read or refused with a sentence."""

from __future__ import annotations

import random

import pytest

from distributor.domain.errors import SourceError
from distributor.newsroom.formats import mail

KEY = "4c26833de517b0d19563d11e4f69cd997a98be26"
TO = f"To: letters+{KEY}@paper.example\r\n".encode()


@pytest.mark.parametrize(
    "line", [b"Cc: <", b"Cc: a@", b"Message-ID: <", b"From: <", b"Delivered-To: ;:<", b"Subject: "]
)
def test_a_header_that_breaks_the_parser_breaks_nothing_else(line: bytes) -> None:
    head = mail.head_of(
        TO + b"From: Ilse <ilse@paper.example>\r\n" * (not line.startswith(b"From")) + line + b"\r\n\r\nx"
    )
    assert head.keys == (KEY,)
    assert head.sender == ("" if line.startswith(b"From") else "ilse@paper.example")


@pytest.mark.parametrize("charset", [b"idna", b'"\0"', b"nonsense", b"hex", b"unicode_escape", b"punycode", b"euc-kr"])
def test_a_strange_charset_is_read_as_well_as_it_can_be(charset: bytes) -> None:
    content = "The horn is back."
    head = TO + b"Subject: The horn\r\nContent-Type: text/plain; charset=" + charset
    assert content in mail.draft_of(head + b"\r\n\r\n" + content.encode()).body_text


def test_what_no_mail_is_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "parse_apart", lambda *_, **__: [None])
    chance = random.Random(14)
    refusals = 0
    for _ in range(1_500):
        raw = TO + b"".join(chance.choice(PIECES) for _ in range(chance.randint(1, 25)))
        for read in (mail.head_of, mail.draft_of):
            try:
                read(raw)
            except SourceError:
                refusals += 1
    assert refusals


PIECES = (
    *(b"From: ", b"Subject: ", b"Message-ID: <", b"Cc: ", b"Delivered-To: ", b"Content-ID: <", b"--a\n", b"--a--\n"),
    *(b"[", b"]", b"<", b">", b"@", b":", b";", b",", b"(", b")", b'"', b"\\", b"\n", b"\n ", b"\r\n", b" ", b"\0"),
    *(b"\xff", b"a", b".", b"=?utf-8?q?", b"=?utf-8?b?", b"?=", b"=?x?b?////?=", b"=?unknown-8bit?q?=80?="),
    b'Content-Type: multipart/mixed; boundary="a"\n',
    b'Content-Type: text/html; charset="\x00"\n',
    b"Content-Type: text/plain; charset=idna\n",
    b"Content-Type: text/plain; charset*0*=%ff\n",
    b"Content-Transfer-Encoding: base64\n",
    b"Content-Transfer-Encoding: x-uuencode\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%ff\n",
    b"\n\nhello",
)
