"""Codes of a gone mailbox beside words in many languages: they end nothing unless the words say so, or say nothing."""

from __future__ import annotations

import pytest

from distributor.domain.bounces import is_mailbox_gone, is_unclear
from distributor.domain.refusals import Ground, ground

GONE_CODES = ("5.1.1", "5.2.1", "5.1.2")

# Under each ground what servers of several languages say for it.
WORDS = {
    Ground.FULL: (
        "Postfach voll",
        "Das Postfach des Empfängers ist überfüllt",
        "Speicherplatz des Empfängers überschritten",
        "boîte aux lettres pleine",
        "La boîte du destinataire est saturée",
        "buzón lleno",
        "La casilla está llena",
        "casella piena",
        "caixa de correio cheia",
        "почтовый ящик переполнен",
        "メールボックスがいっぱいです",
        "邮箱已满",
        "메일함이 가득 찼습니다",
        "mailbox size limit",
        "Disk space exceeded",
        "Overquota",
        "Postvak vol",
    ),
    Ground.SENDER: (
        "hourly limit reached",
        "recipient cap exceeded",
        "recipients per session 10 max",
        "Max message per connection reached",
        "connection cap for your ASN",
        "IP 192.0.2.7 unusual rate of mail",
        "Client host rejected: cannot find your hostname",
        "Helo command rejected: need fully-qualified hostname",
        "sender callout failed",
        "IP not whitelisted",
        "Message looks like unwanted mail",
        "malicious attachment",
        "TLS required",
        "must issue a STARTTLS command first",
        "Message-ID missing, rejected",
        "Connections from this host refused",
        "Absender abgelehnt",
        "expéditeur refusé",
        "remitente rechazado",
        "отправитель отклонён",
        "Content filter rejected it",
        "Suspicious links",
        "Your server is not allowed here",
    ),
    Ground.CHOICE: (
        "You are not on the recipient's whitelist",
        "Recipient only accepts mail from contacts",
        "members only list",
        "Filtered by user",
        "Sieve reject",
        "Rejected by filter",
        "수신자가 수신을 거부했습니다",
        "この送信者からのメールは受け取りません",
        "Der Empfänger nimmt keine Mail von Ihnen an",
        "Le destinataire refuse vos messages",
        "El destinatario rechaza su correo",
        "Only subscribers may post here",
    ),
    Ground.PASSING: (
        "Host not found (SERVFAIL)",
        "DNS failure",
        "mailbox unavailable, server maintenance",
        "Backend server down",
        "Too busy, come back tomorrow",
        "mailbox is being migrated",
        "domain expired - payment required",
        "Bitte versuchen Sie es später",
        "Veuillez réessayer plus tard",
        "Inténtelo más tarde",
        "Попробуйте позже",
        "後ほどお試しください",
        "서버 점검 중입니다",
        "Wartungsarbeiten",
    ),
}
MISUNDERSTOOD = (
    "Error 42 in module frobnicator",
    "Kun vastaanottajan palvelin suostuu",
    "S3150",
    "IB607",
    "qualcosa non va",
    "Message rejected",
    "Mail refused",
    "Không thể gửi",
    "see https://relay.example/why",
)
SAY_NOTHING = (
    "",
    "550 5.1.1",
    "smtp; 550-5.1.1 <bo@readers.example> error",
    "Recipient address rejected",
    "host mx.readers.example[192.0.2.1] said: 550 5.1.1 Recipient rejected (in reply to RCPT TO command)",
    "Requested action not taken: mailbox unavailable",
    "undeliverable address",
    "a1b2c3d4e5f6.123 - gsmtp",
)
SAY_GONE = (
    "User unknown",
    "Bad destination mailbox address",
    "No such user here",
    "Mailbox not found",
    "Mailbox does not exist",
    "The email account that you tried to reach does not exist. Please try double-checking the address for typos.",
    "Unknown recipient",
    "There is no such address at this domain",
    "Empfänger unbekannt",
    "Benutzer existiert nicht",
    "Das Postfach gibt es nicht",
    "utilisateur inconnu",
    "La boîte n'existe pas",
    "usuario desconocido",
    "El buzón no existe",
    "La cuenta no existe",
    "utente sconosciuto",
    "L'indirizzo non esiste",
    "usuário inexistente",
    "A caixa postal não existe",
    "Пользователь не найден",
    "Нет такого пользователя",
    "Такого почтового ящика не существует",
    "存在しないユーザーです",
    "宛先が見つかりません",
    "用户不存在",
    "无此用户",
    "존재하지 않는 메일 주소입니다",
    "없는 사용자입니다",
    "gebruiker onbekend",
    "nie ma takiego użytkownika",
)


@pytest.mark.parametrize("code", GONE_CODES)
@pytest.mark.parametrize(("about", "words"), [(about, words) for about, texts in WORDS.items() for words in texts])
def test_words_of_another_trouble_say_what_it_is(code: str, about: Ground, words: str) -> None:
    assert ground(code, f"550 {code} {words}") is about


def test_a_reader_whose_server_counts_their_mails_is_not_gone() -> None:
    assert ground("5.2.1", "550 5.2.1 The account is over its message rate") is Ground.BUSY


@pytest.mark.parametrize("code", GONE_CODES)
@pytest.mark.parametrize("words", MISUNDERSTOOD)
def test_words_that_nobody_understands_leave_it_unclear(code: str, words: str) -> None:
    assert ground(code, f"550 {code} {words}") is Ground.UNCLEAR
    assert is_unclear(code, words)
    assert not is_mailbox_gone(code, words)


@pytest.mark.parametrize("words", [*SAY_NOTHING, *SAY_GONE])
def test_a_code_for_gone_ends_it_with_words_that_say_so_or_say_nothing(words: str) -> None:
    assert ground("5.1.1", words) is Ground.GONE


@pytest.mark.parametrize("words", SAY_GONE)
def test_words_alone_say_it_where_the_code_leaves_it_to_them(words: str) -> None:
    assert ground("550", words) is Ground.GONE


@pytest.mark.parametrize(
    "words", ["Unknown host", "Domain does not exist", "Domain not found", "No such domain", "Unbekannte Domain"]
)
def test_a_domain_that_is_gone_is_one_where_the_code_is_of_domains(words: str) -> None:
    assert ground("5.1.2", words) is Ground.GONE
    assert ground("5.1.1", words) is Ground.UNCLEAR


@pytest.mark.parametrize("words", [*MISUNDERSTOOD, *SAY_NOTHING])
def test_without_a_code_for_gone_the_same_words_end_nothing(words: str) -> None:
    assert ground("550", words) is Ground.OPEN


@pytest.mark.parametrize(
    ("words", "about"),
    [
        ("User unknown; hourly limit reached", Ground.SENDER),
        ("sender callout failed: user unknown", Ground.SENDER),
        ("Mailbox not found: the database is down", Ground.PASSING),
        ("No such user. Postfach voll", Ground.FULL),
        ("The address of your host does not exist in DNS", Ground.SENDER),
    ],
)
def test_of_two_troubles_the_hopeful_counts(words: str, about: Ground) -> None:
    assert ground("5.1.1", words) is about
