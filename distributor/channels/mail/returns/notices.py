"""Mails that follow no standard: bounces in plain words, automatic replies, requests to be unsubscribed."""

from __future__ import annotations

import logging
import re
from email.message import Message
from uuid import UUID

from flufl.bounce import all_failures

from distributor.channels.mail.returns import codes, message_parts
from distributor.channels.mail.returns.events import Sheet
from distributor.channels.responses import excerpt
from distributor.domain.returns import Kind, MailEvent

TEXT = "text"
MAILTO = "mailto"

# It tells of every detector, with a traceback for each that trips over a broken mail.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

_LINE = 998
_HTML = 32_000  # characters
_PARTS = 50
_MACHINE = re.compile(
    r"^(mailer-?daemon|postmaster|mail-?delivery-?(sub)?system|maildaemon|mdaemon|.*mailer-daemon)@", re.IGNORECASE
)
_RETURNED_LETTER = re.compile(
    r"^.{0,40}(below this line is a copy|this is a copy of (the|your) message|original message|returned message|"
    r"원본 메시지|원본 메일|원문).*$",
    re.IGNORECASE | re.MULTILINE,
)
_MARKUP = re.compile(r"<(?:style|script)\b.{0,2000}?</(?:style|script)>|<[^>]{0,500}>", re.IGNORECASE | re.DOTALL)
_AWAY = re.compile(
    r"^(out of (the )?office|automatic reply|auto(matic)?[- ]?(reply|response|antwort)|vacation|away from|"
    r"abwesenheit|abwesend|réponse automatique|absence|respuesta automática|risposta automatica|"
    r"자동 ?(회신|응답|답장)|부재 ?중|自動(返信|応答)|不在)",
    re.IGNORECASE,
)
_AUTOMATIC = {  # RFC 3834 §5, and what was in use before it
    "x-autoreply": "",
    "x-autorespond": "",
    "x-autoresponder": "",
    "x-auto-response-suppress": "oof",
    "precedence": "auto_reply",
}
# With our token behind it, or as mails had it before, with their dispatch's key and a number.
_UNSUBSCRIBE = re.compile(r"unsubscribe(?:\s+(?:[0-9a-f]{28,56}|([0-9a-f-]{36})\.\d{1,18}))?", re.IGNORECASE)


def by_machine(message: Message, sender: str) -> bool:
    """Whether a mail server wrote this, and not a person or a person's assistant."""
    return bool(_MACHINE.match(sender)) or "x-failed-recipients" in message


def automatic(message: Message) -> bool:
    """Whether an assistant answered for a person (RFC 3834)."""
    auto_submitted = message_parts.header(message, "Auto-Submitted").lower()
    if auto_submitted.startswith("auto-replied") or _AWAY.match(message_parts.header(message, "Subject")):
        return True
    return any(
        name in message and word in message_parts.header(message, name).lower() for name, word in _AUTOMATIC.items()
    )


def unsubscribe_request(message: Message) -> tuple[bool, UUID | None]:
    """Return whether the subject says no more than “unsubscribe”, and the key of the dispatch where it names one."""
    match = _UNSUBSCRIBE.fullmatch(message_parts.header(message, "Subject"))
    if match is None:
        return False, None
    try:
        return True, UUID(match[1]) if match[1] else None
    except ValueError:
        return True, None


def bounce(message: Message, sheet: Sheet) -> list[MailEvent] | None:
    """Return what a bounce in plain words says, or None where nothing was recognised.

    flufl.bounce knows whom many servers' notices are about. Where it does not, our token and a status code will do.
    """
    words = _words(message)
    passing_failures, final = _failures(message)
    code = codes.in_text(words)
    reason = _sentence(words, code)
    raw = {"from": sheet.sender, "text": words[:1500]}
    if final:
        kind = Kind.SOFT_BOUNCE if code.startswith("4") else Kind.HARD_BOUNCE
        return [sheet.event(kind, TEXT, email=email, status=code, reason=reason, raw=raw) for email in final]
    if passing_failures:
        return [
            sheet.event(Kind.DELAYED, TEXT, email=email, status=code, reason=reason, raw=raw)
            for email in passing_failures
        ]
    if sheet.attribution.subscriber is not None and code[:1] in ("4", "5"):
        kind = Kind.SOFT_BOUNCE if code.startswith("4") else Kind.HARD_BOUNCE
        return [sheet.event(kind, TEXT, status=code, reason=reason, raw=raw)]
    return None


def _failures(message: Message) -> tuple[list[str], list[str]]:
    """Return (addresses still being tried, addresses given up) that flufl.bounce finds, in order."""
    try:
        passing_failures, final = all_failures(_tame(message))
    except Exception:  # noqa: BLE001 - its detectors trip over broken mails with errors of any kind
        return [], []
    return _addresses(passing_failures), _addresses(final)


def _addresses(texts: frozenset[bytes]) -> list[str]:
    return sorted(text for text_bytes in texts if "@" in (text := text_bytes.decode("utf-8", "replace")))[:50]


def _tame(message: Message) -> Message:
    """Return a mail with no long header or line and few parts: the detectors' patterns would search for minutes."""
    copy = Message()
    for name, value in message.items():
        if len(str(value)) <= _LINE:
            copy[name] = str(value)
    if message.is_multipart():
        payload = message.get_payload()
        children = payload if isinstance(payload, list) else []
        copy.set_payload([_tame(child) for child in children[:_PARTS] if isinstance(child, Message)])
    else:
        del copy["Content-Transfer-Encoding"]
        copy.set_payload("\n".join(line[:_LINE] for line in message_parts.text(message).splitlines()))
    return copy


def _words(message: Message) -> str:
    """Return a notice's own words: its plain texts, else its HTML without the tags, up to the returned letter."""
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    for part in message_parts.own_parts(message):
        if part.get_content_type() in texts:
            texts[part.get_content_type()].append(message_parts.text(part))
    whole = "\n".join(texts["text/plain"]) or _MARKUP.sub(" ", "\n".join(texts["text/html"])[:_HTML])
    letter = _RETURNED_LETTER.search(whole)
    return (whole[: letter.start()] if letter else whole)[:20_000]


def _sentence(words: str, code: str) -> str:
    """Return the line that holds the code, else the first one."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    telling_lines = [line for line in lines if code and code in line]
    return excerpt((telling_lines or lines or [""])[0], ())
