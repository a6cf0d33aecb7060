"""What a log may not tell is taken out, whatever it stands in; what an operator needs stays."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config import redaction
from config.redaction import BLOT, redact, redact_value


@pytest.fixture
def fresh() -> Iterator[None]:
    """Let the secrets of the environment be read anew."""
    redaction._own_secrets.cache_clear()
    yield
    redaction._own_secrets.cache_clear()


@pytest.mark.parametrize(
    "address",
    [
        "ada@readers.example",
        "ada.lovelace+letters@mail.readers.example",
        "o'hara@readers.example",
        "바다@편지.한국",
        '"ada of readers"@readers.example',
        "bounces+0a1b2c3d@return.example",
        "ada%40readers.example",
        "ada%2540readers.example",
        "ada@localhost",
        "ada@[192.0.2.1]",
    ],
)
@pytest.mark.parametrize("text", ["{}", "to <{}>", "DETAIL: Key (email)=({}) exists", "['{}', 3]", "mailto:{}?x=1"])
def test_addresses(address: str, text: str) -> None:
    shown = redact(text.format(address))
    assert "ada" not in shown
    assert "readers" not in shown
    assert address not in shown
    assert BLOT in shown


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://app:{}@db.example:5432/x",
        "smtps://{}@relay.example",
        "GET https://graph.example/me?access_token={}&fields=id",
        "https://x.example/cb?code={}#x",
        "https://api.telegram.org/bot123456:{}/sendMessage",
        "Authorization: Bearer {}",
        "authorization: Basic {}",
        "'Authorization': 'Bearer {}'",
        "{{'X-Api-Key': '{0}', 'Authorization': 'Basic {0}'}}",
        "[(b'Set-Cookie', b'sessionid={}; Path=/')]",
        '{{"body": "{{\\"access_token\\": \\"{}\\"}}"}}',
        "refresh_token%3D{}&x=1",
        "refresh_token%253D{}",
        "access_token: {0} password: {0}",
        "postgres://u:p@{}@host/x",
        "Cookie: sessionid={}; csrftoken=x",
        "X-Api-Key: {}",
        '{{"access_token": "{}", "n": 1}}',
        "{{'refresh_token': '{}'}}",
        "Credentials(client_secret='{}', id=1)",
        'password="with spaces {}"',
        "/webhooks/mail/postmark/3/{}",
        "eyJ{0}.{0}.x",
        "gAAAAA{}",
        "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n{} and cut sho",
    ],
)
def test_secrets(text: str) -> None:
    secret = "s3cr3tVALUEs3cr3tVALUE"
    assert secret not in redact(text.format(secret))


@pytest.mark.parametrize("path", ["/u/{}/", "/c/{}/7", "/o/{}.gif"])
def test_signed_tokens_of_readers(path: str) -> None:
    assert redact(f"Not Found: {path.format('0a' * 20)}") == f"Not Found: {path.format(BLOT)}"


@pytest.mark.parametrize(
    "text",
    [
        "Dispatch 12 is paused",
        "The token of @harborletters (twitter) could not be renewed: the network does not answer",
        "550 5.1.1 User unknown",
        "PostgreSQL is away, the answer for dispatch 7 waits: OperationalError",
        "GET https://network.example/… 200",
        "Connected to redis://redis:6379/0",
        'File "/app/distributor/delivery/posts/send.py", line 61, in send_post',
        "celery@a1b2c3 ready.",
    ],
)
def test_what_an_operator_needs_stays(text: str) -> None:
    assert redact(text) == text


def test_secrets_of_the_environment_are_found_by_their_value(
    fresh: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text("metrics-token-of-a-file\n")
    monkeypatch.setenv("DISTRIBUTOR_SECRET_KEY", "first-key-of-ours-1234567890,second-key-of-ours-123456789")
    monkeypatch.setenv("DISTRIBUTOR_MAIL_URL", "smtp://relay-user:pa%24%24word@relay.example:587")
    monkeypatch.setenv("DISTRIBUTOR_RETURNS_URL", "imaps://a:box-one-pw@h/INBOX imaps://b:box-two-pw@h/INBOX")
    monkeypatch.setenv("DISTRIBUTOR_METRICS_TOKEN_FILE", str(token))
    shown = redact(
        "first-key-of-ours-1234567890 second-key-of-ours-123456789 pa%24%24word pa$$word box-one-pw box-two-pw "
        "metrics-token-of-a-file relay.example"
    )
    assert shown == f"{' '.join([BLOT] * 7)} relay.example"


def test_values_of_all_kinds() -> None:
    class Thing:
        def __str__(self) -> str:
            return "ada@readers.example"

    value = {
        "email": ["ada@readers.example", {"Bo <bo@readers.example>": 1}],
        "token": 12345678,
        "count": 3,
        "at": datetime(2026, 3, 2, tzinfo=UTC),
        "error": ValueError("no ada@readers.example"),
        "raw": b"ada@readers.example",
        "thing": Thing(),
        "nothing": None,
    }
    assert redact_value(value) == {
        "email": [BLOT, {f"Bo <{BLOT}>": 1}],
        "token": BLOT,
        "count": 3,
        "at": "2026-03-02T00:00:00+00:00",
        "error": f"ValueError: no {BLOT}",
        "raw": BLOT,
        "thing": "<Thing>",
        "nothing": None,
    }


def test_values_in_themselves_end() -> None:
    value: dict[str, object] = {}
    value["again"] = value
    assert "<dict>" in str(redact_value(value))


@pytest.mark.parametrize("text", ["x" * 200_000, "a." * 100_000, "a@" * 100_000, "token" * 40_000, '"' * 100_000])
def test_long_texts_take_no_time(text: str) -> None:
    begun = time.process_time()
    redact(text)
    assert time.process_time() - begun < 5
