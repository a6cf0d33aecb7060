"""Which columns of a table of people say whether someone is still mailed, and what their values mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from distributor.domain.mail_statuses import (
    WEIGHTS,
    MailStatus,
    is_date,
    is_empty,
    is_no,
    is_yes,
    may_be_departure,
    plain,
    status_of_departure,
    status_of_word,
)

Meaning = Callable[[str], "MailStatus | None"]


class Kind(Enum):
    """How a column says it."""

    WORD = "a status word"
    GONE = "yes, a date or a reason for those who are gone"
    WANTED = "no for those who get no mail"
    CONSENT = "no for those who get no mail, or something else that says nothing of it"
    ASIDE = "perhaps, or of something else: asked about where its values look like it"
    TAGS = "several words, one of which may say that someone is gone"
    OTHER = "something else, in which a word may say that someone is gone"


@dataclass(frozen=True, slots=True)
class StatusColumn:
    """A column that says whether people are mailed. `status` is that of who is not; `is_text` takes any reason."""

    name: str
    kind: Kind
    status: MailStatus = MailStatus.LEFT
    is_text: bool = False

    def read(self, value: str) -> MailStatus | None:
        """Return what a cell says, None where a person has to say what it means."""
        return _MEANINGS[self.kind](self, value)


def _word(_column: StatusColumn, value: str) -> MailStatus | None:
    return status_of_word(value)


def _departure(column: StatusColumn, value: str) -> MailStatus | None:
    if is_empty(value) or is_no(value):
        return MailStatus.ACTIVE
    status = status_of_word(value)
    if status and status is not MailStatus.LEFT:
        return status
    return column.status if column.is_text or status or is_yes(value) or is_date(value) else None


def _consent(column: StatusColumn, value: str) -> MailStatus | None:
    if is_no(value):
        return column.status
    return MailStatus.ACTIVE if is_yes(value) or is_date(value) else status_of_word(value)


def _aside(_column: StatusColumn, value: str) -> MailStatus | None:
    is_alike = is_yes(value) or is_no(value) or is_date(value) or status_of_word(value)
    return None if is_alike and not is_empty(value) else MailStatus.ACTIVE


def _newsletter(column: StatusColumn, value: str) -> MailStatus | None:
    if is_empty(value):
        return None  # often what a tick looks like that is not there
    return _consent(column, value) or _other(column, value)


def _tags(_column: StatusColumn, value: str) -> MailStatus | None:
    statuses = [status for entry in _ENTRIES.split(value) if (status := status_of_departure(entry))]
    if statuses:
        return max(statuses, key=WEIGHTS.__getitem__)
    return None if any(map(may_be_departure, _ENTRIES.split(value))) else MailStatus.ACTIVE


def _other(column: StatusColumn, value: str) -> MailStatus | None:
    """Return what a cell says by itself; a word among others in it may be of something else."""
    return status_of_departure(value) or (MailStatus.ACTIVE if _tags(column, value) is MailStatus.ACTIVE else None)


_MEANINGS: Mapping[Kind, Callable[[StatusColumn, str], MailStatus | None]] = {
    Kind.WORD: _word,
    Kind.GONE: _departure,
    Kind.WANTED: _consent,
    Kind.CONSENT: _newsletter,
    Kind.ASIDE: _aside,
    Kind.TAGS: _tags,
    Kind.OTHER: _other,
}


def _words(text: str) -> frozenset[str]:
    return frozenset(map(plain, text.split()))


_GONE_WORDS = {
    MailStatus.LEFT: _words(
        "unsubscribed unsubscribe unsubscription unsub optout optedout donotemail cancelled canceled"
        " cancellation cancel"
        " deleted removed disabled blocked blocklisted blacklisted blacklist blocklist suppressed inactive"
        " archived left"
        " abgemeldet abmeldung abmeldedatum abbestellt désabonné désabonnement désinscrit désinscription baja"
        " desuscrito 수신거부 수신거부일 수신거부일시 구독취소 구독취소일 구독해지 구독해지일 해지 해지일"
        " 해지일시 탈퇴 탈퇴일 탈퇴일시"
        " 配信停止 配信停止日 配信停止日時 退会 退会日 解除 解除日 購読解除 購読解除日"
    ),
    MailStatus.BOUNCED: _words("bounced bounce hardbounce hardbounced cleaned clean undeliverable 반송 반송일 不達"),
    MailStatus.COMPLAINED: _words("complained complaint complaints spam abuse 스팸신고 스팸신고일 苦情"),
}
_WANTED_WORDS = {
    MailStatus.LEFT: _words(
        "subscribed optin optedin active enabled accepts mailable 수신동의 구독여부 수신여부 메일수신동의"
        " 메일수신여부"
        " 이메일수신동의 이메일수신여부 광고수신동의 뉴스레터수신동의 配信希望 メール配信希望 購読 abonniert"
        " abonné suscrito"
    ),
    MailStatus.UNCONFIRMED: _words("confirmed verified bestätigt confirmé confirmado 인증여부 認証済み"),
    MailStatus.BOUNCED: _words("valid deliverable gültig zustellbar valide válido 유효 유효여부 有効"),
}
# Whether people agreed to get mail, as forms and shops call it; also the names of what they get.
_CONSENT_WORDS = _words(
    "newsletter newsletters mailing mailings marketing consent consents permission gdpr dsgvo rgpd agreed agreement"
    " receive receives wants contactable einwilligung zustimmung rundbrief consentement infolettre consentimiento"
    " boletín consenso consentimento nieuwsbrief nyhetsbrev biuletyn bülten рассылка согласие"
    " 뉴스레터 메일링 수신 메일수신 이메일수신 동의 마케팅동의 마케팅수신동의 마케팅수신 광고수신"
    " 광고성정보수신동의 配信 メール配信 メルマガ メールマガジン 同意 订阅 同意接收"
)
# Of mail, or of what is paid for: only a person can tell.
_ASKED_WORDS = _words("subscription subscribe abo abonnement suscripción abbonamento assinatura подписка 구독 구독신청")
_TAG_WORDS = _words(
    "tag tags label labels group groups list lists segment segments interests gruppe gruppen liste listen listes"
    " groupes"
    " etiquetas étiquettes listas grupos 태그 그룹 목록 タグ グループ リスト"
)
_STATUS_WORDS = _words(
    "status state statut estado stato estatus 상태 구독상태 수신상태 회원상태 구독자상태 ステータス 状態"
    " 購読状態 配信状態 登録状態"
    " abostatus mailstatus emailstatus memberstatus"
)
_ABOUT_STATUS = _words(
    "subscription subscriber subscribers member membership contact email mail mailing global list newsletter"
    " newsletters"
    " marketing consent permission delivery user optin current my abo abonnement abonnements suscripcion de du"
    " del der"
    " des the of 구독 회원 수신 購読 配信"
)
_FILLERS = _words(
    "at date time datetime timestamp on is has was have been email emails mail mails from to newsletter"
    " newsletters list"
    " lists all marketing mailing mailings subscriber subscribers member user contact of the utc am datum le la de du"
    " fecha el por global hard from"
)
_TEXTS = _words("reason reasons campaign title id other comment comments feedback note why how source text")
_DATES = _words(
    "at date time datetime timestamp on since utc am datum fecha source ip via by method url page from until till"
    " campaign"
    " id"
)
_NO_STATUS = _words(
    "url urls link links token hash key uuid ip group groups count counts number num rate score total percent"
    " clicks opens"
)
_COMPOUNDS = (
    (re.compile(r"\bopt(?:ed|s)? (in|out)\b"), r"opt\1"),
    (re.compile(r"\bdo(?:es)? ?not (?:e ?mail|mail|contact)\b|\bdon ?t (?:e ?mail|mail)\b"), "donotemail"),
    (re.compile(r"\be mail\b"), "email"),
    (re.compile(r"\bhard bounced?\b"), "hardbounce"),
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PUNCTUATION = re.compile(r"[^\w\s]+")
# In a file's name.
_LEAVERS = _words(
    "unsubscribe unsubscribed unsubscribes unsubscribers unsubs bounce spam invalid donotemail unsubscriptions optout"
    " optouts bounced bounces complained complaints suppressed"
    " suppression suppressions blocklist blacklist 수신거부 수신거부자 반송 配信停止 abgemeldet abmeldungen bajas"
    " desabonnes desinscrits desinscriptions disiscritti descadastrados donotmail donotcontact"
)
_ENTRIES = re.compile(r"[\s\[\]{}\"']*[,;|/\n][\s\[\]{}\"']*|^[\s\[\]{}\"']+|[\s\[\]{}\"']+$")
_LEAVERS_PHRASES = (
    " do not mail ", " do not email ", " do not contact ", " do not send ", " no mail ", " opt out ", " opt outs ",
    " opted out ",
)  # fmt: skip
# What people also call a tidy table of those who are mailed. Of bare addresses it says so: Mailchimp's “cleaned”.
_LEAVERS_OR_TIDY = _words("cleaned removed deleted")
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")  # spaces in it come and go
_EXACT_WORD_COLUMNS = {"subscriber type"}


def status_column(name: str) -> StatusColumn | None:
    """Return how a column of this name says who is mailed, None for one that says something else."""
    text = _plain_name(name)
    if text in _EXACT_WORD_COLUMNS:
        return StatusColumn(name, Kind.WORD)
    tokens = _tokens(text)
    if tokens & _NO_STATUS:
        return None
    return _word_column(name, tokens) or _gone_or_wanted(name, tokens) or _consent_column(name, tokens)


def other_column(name: str) -> StatusColumn:
    """Return how a column that says something else may still say of someone that they get no mail."""
    return StatusColumn(name, Kind.TAGS if _tokens(_plain_name(name)) & _TAG_WORDS else Kind.OTHER)


def is_of_leavers(file_name: str, *, addresses_only: bool = False) -> bool:
    """Return whether a table's name says that its people get no mail, as in “unsubscribed_members.csv”.

    `addresses_only` says that it has no other column: then “cleaned” says so too.
    """
    text = _plain_name(file_name)
    words = _tokens(text, together=False)
    return bool(
        words & _LEAVERS
        or (addresses_only and words & _LEAVERS_OR_TIDY)
        or any(phrase in f" {text} " for phrase in _LEAVERS_PHRASES)
    )


def _plain_name(name: str) -> str:
    return plain(_PUNCTUATION.sub(" ", _CAMEL.sub(" ", name)))


def _tokens(text: str, *, together: bool = True) -> frozenset[str]:
    for pattern, compound in _COMPOUNDS:
        text = pattern.sub(compound, text)
    return frozenset([text.replace(" ", "")] if together and _EAST_ASIAN.search(text) else text.split())


def _word_column(name: str, tokens: frozenset[str]) -> StatusColumn | None:
    if not tokens & _STATUS_WORDS or tokens & _DATES:
        return None
    remainder = tokens - _STATUS_WORDS - _ABOUT_STATUS
    return StatusColumn(name, Kind.ASIDE if remainder else Kind.WORD)


def _gone_or_wanted(name: str, tokens: frozenset[str]) -> StatusColumn | None:
    for status, words in reversed(_GONE_WORDS.items()):
        if tokens & words:
            remainder = tokens - words - _FILLERS - _TEXTS - _WANTED_WORDS[MailStatus.UNCONFIRMED]
            kind = Kind.ASIDE if remainder else Kind.GONE
            return StatusColumn(name, kind, status, is_text=bool(tokens & _TEXTS))
    for status, words in reversed(_WANTED_WORDS.items()):
        if tokens & words and not tokens & _DATES:
            kind = Kind.ASIDE if tokens - words - _FILLERS else Kind.WANTED
            return StatusColumn(name, kind, status)
    return None


def _consent_column(name: str, tokens: frozenset[str]) -> StatusColumn | None:
    """Return a column of consent, which holds no time or place of it; one of other consent is asked about."""
    words = tokens & (_CONSENT_WORDS | _ASKED_WORDS)
    if not words or tokens & (_DATES | _TEXTS):
        return None
    is_mail = words & _CONSENT_WORDS and not tokens - _CONSENT_WORDS - _FILLERS - _ABOUT_STATUS
    return StatusColumn(name, Kind.CONSENT if is_mail else Kind.ASIDE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said a value means: in one column, or in each where `column` is empty."""

    value: str
    status: MailStatus
    column: str = ""

    @classmethod
    def read(cls, text: str, status: MailStatus) -> Answer:
        """Return the answer in `VALUE` or `COLUMN=VALUE`."""
        column, _, value = text.rpartition("=")
        return cls(plain(value), status, plain(column))


def meaning(column: StatusColumn, answers: Sequence[Answer]) -> Meaning:
    """Return what reads a column's cells: as a person said, else as the column itself says."""
    by_value = {answer.value: answer.status for answer in answers if answer.column in ("", plain(column.name))}

    def read(value: str) -> MailStatus | None:
        return by_value.get(plain(value)) or column.read(value)

    return read if by_value else column.read
