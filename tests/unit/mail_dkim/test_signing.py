"""Signatures as another implementation (dkimpy) judges them, over headers of every shape."""

from __future__ import annotations

import json
import re
from email.header import Header
from functools import cache
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from distributor.channels.mail.dkim import (
    Algorithm,
    KeyValue,
    PrivateKey,
    Signer,
    body_hash,
    dns_record,
    from_pem,
    new_key,
    signers_from,
    to_pem,
    to_values,
)
from distributor.domain.errors import BadSettings

DOMAIN = "lantern.example"
BODY = b"--=_1\r\nContent-Type: text/plain\r\n\r\nDear Ada,\r\n=2E  two blanks\r\n\r\n--=_1--\r\n"
HEAD = (
    b"From: Letters <letters@lantern.example>\r\n"
    b"To: Ada <ada@readers.example>\r\n"
    b"Subject: =?utf-8?q?The_fog_=E2=80=95_again?=\r\n"
    b"Date: Tue, 24 Nov 2026 12:00:00 +0000\r\n"
    b"Message-ID: <1.2@lantern.example>\r\n"
    b"List-Unsubscribe: <https://lantern.example/u/%b/>,\r\n <mailto:u@lantern.example>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"List-Id: <letters.lantern.example>\r\n"
    b"Feedback-ID: 1:lantern:letter:lantern\r\n"
    b"Precedence: bulk\r\n"
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="=_1"\r\n'
) % (b"x" * 300)
REQUIRED = b"to subject date message-id mime-version content-type list-id feedback-id".split()


@cache
def key(algorithm: Algorithm) -> PrivateKey:
    return new_key(algorithm)


def signer(algorithm: Algorithm = "rsa", **more: Any) -> Signer:
    return Signer(domain=DOMAIN, selector="s1", key=key(algorithm), **more)


def tags(header: bytes) -> dict[str, str]:
    """Return a DKIM-Signature's tags, white space taken out."""
    value = re.sub(rb"\s", b"", header.partition(b":")[2]).decode()
    return dict(pair.split("=", 1) for pair in value.split(";"))


class _Ed25519:
    """Stands for PyNaCl, which dkimpy would verify with: the same mathematics from another library."""

    def verify(self, digest: bytes, signature: bytes) -> None:
        ours = key("ed25519")
        assert isinstance(ours, Ed25519PrivateKey)
        ours.public_key().verify(signature, digest)


@pytest.fixture(autouse=True)
def _library_for_ed25519(monkeypatch: pytest.MonkeyPatch) -> None:
    load = dkim.load_pk_from_dns

    def load_either(name: bytes, *rest: object, **more: object) -> object:
        if name.startswith(b"e1."):
            return _Ed25519(), 256, b"ed25519", False
        return load(name, *rest, **more)

    monkeypatch.setattr(dkim, "load_pk_from_dns", load_either)


def verifies(message: bytes, algorithm: Algorithm = "rsa", index: int = 0) -> bool:
    """Whether dkimpy accepts a message's signature; raises what it says where it doesn't."""
    record = dns_record(domain=DOMAIN, selector="s1", key=key(algorithm))
    zone = {f"{record.name}.".encode(): record.value.encode()}
    return bool(dkim.DKIM(message).verify(idx=index, dnsfunc=lambda name, timeout=5: zone[name]))


def ed25519_signer() -> Signer:
    return Signer(domain=DOMAIN, selector="e1", key=key("ed25519"))


def signed(head: bytes, body: bytes, by: Signer) -> bytes:
    return by.sign(head, body_hash([body])) + head + b"\r\n" + body


class TestSigning:
    def test_both_signatures_of_one_message_are_valid(self) -> None:
        hashed = body_hash([BODY[:20], BODY[20:]])
        message = b"".join(
            (ed25519_signer().sign(HEAD, hashed), signer().sign(HEAD, hashed), HEAD, b"\r\n", BODY),
        )
        assert verifies(message, index=0)
        assert verifies(message, index=1)

    def test_what_a_forger_would_change_is_signed(self) -> None:
        named = tags(signer().sign(HEAD, body_hash([BODY])))["h"].encode().split(b":")
        assert named.count(b"from") == 2  # a second From breaks it
        assert {*REQUIRED, b"list-unsubscribe", b"list-unsubscribe-post"} <= set(named)
        assert b"precedence" not in named
        with_reply = HEAD + b"Reply-To: <desk@lantern.example>\r\nContent-Transfer-Encoding: 7bit\r\n"
        named = tags(signer().sign(with_reply, body_hash([BODY])))["h"].encode().split(b":")
        assert {b"reply-to", b"content-transfer-encoding"} <= set(named)

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (b"Subject: ", b"Subject: x"),
            (b"List-Unsubscribe-Post: ", b"List-Unsubscribe-Post: x"),
            (b"https://lantern.example/u/", b"https://evil.example/u/"),
            (b"To: Ada", b"From: <evil@evil.example>\r\nTo: Ada"),
            (b"=2E  two", b"=2E two"),
        ],
    )
    def test_a_changed_message_is_not_valid(self, before: bytes, after: bytes) -> None:
        message = signed(HEAD, BODY, signer())
        assert verifies(message)
        changed = message.replace(before, after, 1)
        assert changed != message
        try:
            assert not verifies(changed)
        except dkim.DKIMException:
            pass  # the body's hash, or the second From, is noticed before the signature

    def test_a_relay_may_fold_anew(self) -> None:
        message = signed(HEAD, BODY, signer())
        refolded = message.replace(b"Tue, 24 Nov", b"Tue,\r\n\t 24   Nov").replace(b",\r\n <mailto", b", <mailto")
        assert refolded != message
        assert verifies(refolded)

    def test_its_shape(self) -> None:
        header = signer(lifetime=86_400).sign(HEAD, body_hash([BODY]))
        assert header.endswith(b"\r\n")
        assert max(len(line) for line in header.split(b"\r\n")) <= 77
        found = tags(header)
        assert "l" not in found
        assert int(found["x"]) - int(found["t"]) == 86_400
        assert (found["v"], found["a"], found["c"]) == ("1", "rsa-sha256", "relaxed/simple")
        assert "x" not in tags(signer().sign(HEAD, body_hash([BODY])))

    def test_a_long_domain_stands_on_a_line_of_its_own(self) -> None:
        domain = f"{'a' * 60}.example"
        header = Signer(domain=domain, selector="s" * 40, key=key("rsa")).sign(HEAD, body_hash([BODY]))
        assert max(len(line) for line in header.split(b"\r\n")) <= 77
        assert (tags(header)["d"], tags(header)["s"]) == (domain, "s" * 40)

    def test_the_empty_line_makes_no_difference(self) -> None:
        frozen = Signer(domain=DOMAIN, selector="s1", key=key("rsa"), seconds=lambda: 1_795_000_000.5)
        assert frozen.sign(HEAD, b"x" * 32) == frozen.sign(HEAD + b"\r\n", b"x" * 32)

    def test_without_a_from_nothing_is_signed(self) -> None:
        with pytest.raises(ValueError, match="without From"):
            signer().sign(b"To: <a@b.example>\r\n", body_hash([BODY]))

    @given(st.lists(st.sampled_from([b"a", b"\r\n", b"\r", b"\n", b" ", b"."]), max_size=12))
    def test_any_body_is_hashed_as_another_implementation_does(self, pieces: list[bytes]) -> None:
        policy = dkim.CanonicalizationPolicy.from_c_value(b"relaxed/simple")
        expected = dkim.HASH_ALGORITHMS[b"rsa-sha256"](policy.canonicalize_body(b"".join(pieces))).digest()
        assert body_hash(pieces) == expected


words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)
gaps = st.sampled_from([" ", "  ", "\t", " \t ", "\r\n ", "\r\n\t", " \r\n  \t"])
plain = st.lists(st.tuples(gaps, words), max_size=12).map(lambda pairs: "".join(gap + word for gap, word in pairs))
encoded = st.text(max_size=80).map(lambda text: " " + Header(text, "utf-8", maxlinelen=76).encode(linesep="\r\n"))
unencoded = st.text(st.characters(categories=["L", "N"]), max_size=40).map(" {}".format)
values = st.one_of(plain, encoded, unencoded)
fields = st.tuples(
    st.sampled_from(
        ["Subject", "SUBJECT", "To", "Date", "Message-ID", "List-ID", "Reply-To", "X-Other", "Received", "Feedback-ID"]
    ),
    values,
)
links = st.integers(1, 900).map(
    lambda size: f"<https://lantern.example/u/{'x' * size}/>,\r\n <mailto:u@lantern.example>"
)


@st.composite
def heads(draw: st.DrawFn) -> bytes:
    drawn = [f"{name}:{value}\r\n" for name, value in draw(st.lists(fields, max_size=12))]
    sender = draw(st.sampled_from(["From: a@b.example\r\n", "From:\r\n  =?utf-8?b?7JWI64WV?=\r\n <a@b.example> \r\n"]))
    drawn.insert(draw(st.integers(0, len(drawn))), sender)
    one_click = f"List-Unsubscribe: {draw(links)}\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    drawn.insert(draw(st.integers(0, len(drawn))), one_click)
    return "".join(drawn).encode()


class TestEveryHeader:
    @given(heads())
    def test_rsa(self, head: bytes) -> None:
        assert verifies(signed(head, BODY, signer()))

    @given(heads())
    def test_ed25519(self, head: bytes) -> None:
        assert verifies(signed(head, BODY, ed25519_signer()), "ed25519")


class TestKeys:
    @pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
    def test_an_accounts_values_carry_keys(self, algorithm: Algorithm) -> None:
        values = {"dkim": to_values([KeyValue(DOMAIN, "s1", algorithm, to_pem(key(algorithm)))]), "url": "smtp://x"}
        (found,) = signers_from(values)
        assert (found.domain, found.selector, found.algorithm) == (DOMAIN, "s1", algorithm)
        if algorithm == "rsa":
            assert verifies(signed(HEAD, BODY, found))
        assert "PRIVATE" not in repr(found)

    def test_no_key_no_signer(self) -> None:
        assert signers_from({"url": "smtp://relay.example"}) == ()

    @pytest.mark.parametrize("text", ["{", "[1]", '[{"domain": "a"}]', "17"])
    def test_values_that_are_broken_are_refused_without_being_repeated(self, text: str) -> None:
        with pytest.raises(BadSettings, match="distributor dkim add"):
            signers_from({"dkim": text})

    def test_a_broken_key_is_refused_without_being_repeated(self) -> None:
        pem = to_pem(key("rsa")).replace("\n", "\nAAAA", 2)
        with pytest.raises(BadSettings) as raised:
            from_pem(pem)
        assert pem[40:60] not in str(raised.value)

    def test_records(self) -> None:
        record = dns_record(domain=DOMAIN, selector="s1", key=key("rsa"))
        assert record.name == "s1._domainkey.lantern.example"
        assert record.value.startswith("v=DKIM1; k=rsa; p=MII")
        strings = re.findall(r'"([^"]*)"', record.zone_line)
        assert record.zone_line.startswith(f"{record.name}. IN TXT ( ")
        assert len(strings) == 2
        assert max(map(len, strings)) <= 255
        assert "".join(strings) == record.value
        short = dns_record(domain=DOMAIN, selector="e1", key=key("ed25519"))
        assert short.zone_line == f'{short.name}. IN TXT "{short.value}"'
        assert len(short.value.partition("p=")[2]) == 44  # RFC 8463: the 32 bytes themselves

    def test_what_is_written_is_json(self) -> None:
        (one,) = json.loads(to_values([KeyValue(DOMAIN, "s1", "rsa", "secret")]))
        assert one == {"domain": DOMAIN, "selector": "s1", "algorithm": "rsa", "key": "secret"}
        assert "secret" not in repr(KeyValue(DOMAIN, "s1", "rsa", "secret"))
