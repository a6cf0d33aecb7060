"""What the system that people come from did with them, as the values of its columns say it.

Sources: the exports of Ghost, listmonk, Kit, Campaign Monitor, Buttondown, beehiiv, Substack, Mailchimp, Brevo,
MailerLite, MailPoet, Constant Contact, HubSpot and Shopify, and the words that people write themselves.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class MailStatus(StrEnum):
    """Whether someone was mailed, and why not; the later ones weigh more where two are said of someone."""

    ACTIVE = "active"
    UNCONFIRMED = "unconfirmed"
    LEFT = "left"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


WEIGHTS = {status: weight for weight, status in enumerate(MailStatus)}

_WORDS = {
    MailStatus.ACTIVE: (
        "active, subscribed, enabled, confirmed, regular, premium, gifted, trialed, past due, churning,"
        "opted in, opt in,"
        "verified, express, implicit, explicit, deliverable, aktiv, angemeldet, abonniert, bestätigt, actif, active,"
        "abonné, abonnée, inscrit, inscrite, confirmé, activo, activa, suscrito, suscrita, confirmado, confirmada,"
        "구독, 구독중, 활성, 정상, 수신, 수신동의, 동의, 有効, 購読中, アクティブ, 登録済み, 登録済, 配信中"
    ),
    MailStatus.UNCONFIRMED: (
        "unconfirmed, pending, not confirmed, unactivated, unverified, not verified, pending confirmation,"
        "validating,"
        "awaiting confirmation, waiting for confirmation, unbestätigt, nicht bestätigt, ausstehend, en attente,"
        "non confirmé, non confirmée, pendiente, sin confirmar, no confirmado, 미확인, 미인증, 대기, 대기중,"
        "인증대기,"
        "未確認, 未認証, 仮登録, 承認待ち"
    ),
    MailStatus.LEFT: (
        "unsubscribed, unsub, unsubscribe, inactive, cancelled, canceled, blocklisted, blacklisted, blocked,"
        "disabled,"
        "deleted, removed, archived, opted out, opt out, optout, not subscribed, non subscribed, nonsubscribed,"
        "paused,"
        "suppressed, left, declined, redacted, spammy, never subscribed, abgemeldet, inaktiv, gelöscht, gesperrt,"
        "abbestellt, gekündigt, désabonné, désabonnée, désinscrit, désinscrite, inactif, inactive, supprimé, bloqué,"
        "baja, dado de baja, dada de baja, inactivo, inactiva, desuscrito, desuscrita, cancelado, cancelada,"
        "eliminado,"
        "수신거부, 거부, 구독취소, 구독해지, 해지, 탈퇴, 비활성, 취소, 휴면, 차단, 삭제, 미동의, 수신거절,"
        "配信停止, 退会, 退会済み, 解除, 解除済み, 無効, 停止, 購読解除, 登録解除"
    ),
    MailStatus.BOUNCED: (
        "bounced, bounce, hard bounce, hard bounced, hardbounced, cleaned, undeliverable, invalid,"
        "invalid email, dead,"
        "unzustellbar, rebotado, rebotada, rejeté, rejetée, 반송, 반송됨, 수신불가, 不達, 配信不能, エラー"
    ),
    MailStatus.COMPLAINED: (
        "complained, complaint, spam, marked as spam, spam complaint, reported spam, reported as spam, abuse,"
        "abuse complaint, plainte, queja, beschwerde, 스팸, 스팸신고, 신고, 迷惑メール, 苦情"
    ),
}
# Those of them that are said of mail alone: whoever has one in any column gets none.
_DEPARTURE_WORDS = {
    MailStatus.LEFT: (
        "unsubscribed, unsubscribe, unsub, opted out, opt out, optout, not subscribed, nonsubscribed, blocklisted,"
        "blacklisted, suppressed, donotmail, donotemail, abgemeldet, abbestellt, désabonné,"
        "désabonnée, désinscrit, désinscrite, dado de baja, dada de baja, desuscrito, desuscrita, disiscritto,"
        " uitgeschreven,"
        "отписан, отписался, отписалась, 수신거부, 구독취소, 구독해지, 配信停止, 購読解除, 退订"
    ),
    MailStatus.BOUNCED: (
        "bounced, bounce, hard bounce, hard bounced, hardbounced, undeliverable, unzustellbar, rebotado, rebotada,"
        "반송, 반송됨, 不達, 配信不能"
    ),
    MailStatus.COMPLAINED: (
        "complained, complaint, spam complaint, marked as spam, reported spam, reported as spam, abuse complaint,"
        "스팸신고"
    ),
}
# Of an address, or of something else.
_PERHAPS_DEPARTURE_WORDS = (
    "invalid, invalid email, invalid address, not valid, ungültig, invalide, inválido, inválida, non valido,"
    "유효하지 않음, 無効"
)
_EMPTY_WORDS = "-, --, –, null, none, nil, n/a, na, nan, never, \\n, [], {}, 0000-00-00, 0000-00-00 00:00:00, 없음"
_NO_WORDS = (
    "false, no, n, f, 0, off, nein, falsch, non, faux, falso, não, nee, nej, nei, nie, нет, hayır, refused, withdrawn,"
    "revoked, not granted, not given, no consent, abgelehnt, widerrufen, refusé,"
    "아니오, 아니요, 아님, 안함, 안 함, 비동의, 동의 안함, 동의안함, 동의하지 않음, 동의 안 함, 원하지 않음,"
    "원치 않음, 받지 않음, 미수신,"
    "いいえ, しない, しません, 希望しない, 希望しません, 不要, 同意しない, 受け取らない, 否, 不同意"
)
_YES_WORDS = (
    "true, yes, y, t, 1, on, ja, wahr, oui, vrai, sí, si, verdadero, sim, tak, да, evet, agreed, accepted, granted,"
    "given, consented, 예, 네, 동의함, 동의, 원함, 받음,"
    "はい, する, します, 希望, 希望する, 希望します, 同意する, 同意, 受け取る, 是"
)

_MONTH = r"[a-z]{3,9}\.?"
_DATE = re.compile(
    r"\d{4}\s*[-/.年년]\s*\d{1,2}\s*[-/.月월]\s*\d{1,2}.*|\d{1,2}[-/.]\s*\d{1,2}[-/.]\s*(?:\d{4}|\d\d)(?:\D.*)?|\d{9,13}"
    rf"|(?:[a-z]{{3,9}},? )?(?:{_MONTH} \d{{1,2}}|\d{{1,2}}\.? {_MONTH}),? \d{{4}}.*|\d{{8}}(?:t?\d{{6}})?",
    re.IGNORECASE | re.DOTALL,
)
_ACCENTS = re.compile("[\u0300-\u036f]")
_UNACCENTED = re.compile("[a-z]{4,}")
_SEPARATORS = re.compile(r"[\s_\-]+")


def plain(text: str) -> str:
    """Return a word as it is compared: lower case, no accents, words apart by one space."""
    letters = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return _SEPARATORS.sub(" ", unicodedata.normalize("NFC", letters)).strip().lower()


def _plain_words(text: str) -> frozenset[str]:
    return frozenset(plain(word) for word in text.split(","))


_DEPARTURES = {plain(word): status for status, words in _DEPARTURE_WORDS.items() for word in words.split(",")}
_PERHAPS_DEPARTURES = _plain_words(_PERHAPS_DEPARTURE_WORDS)


def _stem(word: str) -> str:
    """Return a piece of a word that stands in it with and without its accents, and in nearly no other row."""
    part = max(_SEPARATORS.split(word.strip()), key=len)
    return max(_UNACCENTED.findall(part), key=len, default=part)[:6]


_PIECES = {_stem(word) for words in (*_DEPARTURE_WORDS.values(), _PERHAPS_DEPARTURE_WORDS) for word in words.split(",")}
_MENTION = re.compile("|".join(sorted(_PIECES)))
_STATUSES = {plain(word): status for status, words in _WORDS.items() for word in words.split(",")}
_EMPTY = _plain_words(_EMPTY_WORDS) | {""}
_NO, _YES = _plain_words(_NO_WORDS), _plain_words(_YES_WORDS)


def status_of_word(value: str) -> MailStatus | None:
    """Return what a status word means, None for one that is not of the table."""
    return _STATUSES.get(plain(value))


def status_of_departure(value: str) -> MailStatus | None:
    """Return what a word means that is said of mail alone, in whatever column; None for any other."""
    return _DEPARTURES.get(plain(value))


def mentions_departure(text: str) -> bool:
    """Return whether a text may hold such a word at all: quick, since nearly no row of a table does."""
    return _MENTION.search(unicodedata.normalize("NFC", text).lower()) is not None


def may_be_departure(value: str) -> bool:
    """Return whether a word says of someone that they get no mail, or something of another thing."""
    return plain(value) in _PERHAPS_DEPARTURES


def is_empty(value: str) -> bool:
    """Return whether a cell says nothing, in whatever way."""
    return value.lower() in _EMPTY or plain(value) in _EMPTY


def is_no(value: str) -> bool:
    return plain(value) in _NO


def is_yes(value: str) -> bool:
    return plain(value) in _YES


def is_date(value: str) -> bool:
    """Return whether a cell holds a day or a time, in a common way to write it or as seconds since 1970."""
    return _DATE.fullmatch(value.strip()) is not None
