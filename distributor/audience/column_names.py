"""The names that columns of people have in tables of several languages."""

from __future__ import annotations

from distributor.domain.mail_statuses import plain

# Compared without spaces, hyphens and accents: “E-Mail-Adresse”, “email adresse” and “Emailadresse” are the same.
_NAMES = {
    "email": (
        "email, email address, mail, mail address, subscriber, subscriber email, email adresse, mailadresse,"
        "adresse email, adresse mail, adresse e-mail, courriel, adresse courriel, adresse électronique,"
        "adresse de messagerie, correo, correo electrónico, dirección de correo, dirección de correo electrónico,"
        "dirección de email, endereço de email, indirizzo email, 이메일, 이메일 주소, 메일, 메일 주소, 전자우편,"
        "전자우편 주소, 전자메일, メール, メールアドレス, Eメール, Eメールアドレス, 電子メール, 电子邮件, 電子郵件"
    ),
    "name": (
        "name, full name, 이름, 성명, 성함, 名前, お名前, 氏名, 姓名, vollständiger name, nom, nom complet, nombre,"
        "nombre completo, nome, nome completo"
    ),
    "language": "language, lang, locale, 언어, 言語, sprache, langue, idioma, lingua",
    "time_zone": "time zone, timezone, tz, 시간대, 타임존, タイムゾーン, zeitzone, fuseau horaire, zona horaria",
    "cadence": "cadence",
}


def _key(name: str) -> str:
    return plain(name).replace(" ", "")


_FIELDS = {_key(name): field for field, names in _NAMES.items() for name in names.split(",") if name}


def field_of(name: str) -> str:
    """Return the field that a column of this name is, "" for none."""
    return _FIELDS.get(_key(name), "")
