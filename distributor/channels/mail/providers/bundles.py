"""Calls that take many mails with bodies of their own: how each provider wants them in one request, and answers.

anymail sends one body a call; so each mail becomes what anymail would send alone, and these put them together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True, slots=True)
class BundlePart:
    """A bundle's answer for one mail, as if it had been sent alone."""

    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class Bundle:
    """`path` below the API's address; `join` the mails' JSON into a request's; `split` a response into their order.

    `split` may raise LookupError, TypeError or AttributeError for what is no such response. `mixed_statuses` are those
    of HTTP under which some mails were taken all the same.
    """

    path: str
    join: Callable[[Sequence[str]], str]
    split: Callable[[Any], list[BundlePart]]
    mixed_statuses: frozenset[int] = frozenset()


def _list(mails: Sequence[str]) -> str:
    return f"[{','.join(mails)}]"


def _postmark_parts(response: Any) -> list[BundlePart]:
    """Return a list's items. https://postmarkapp.com/developer/api/email-api#send-batch-emails"""
    return [
        BundlePart(HTTPStatus.UNPROCESSABLE_ENTITY if part.get("ErrorCode") else HTTPStatus.OK, part)
        for part in response
    ]


def _resend_parts(response: Any) -> list[BundlePart]:
    """Return the ids. https://resend.com/docs/api-reference/emails/send-batch-emails"""
    return [BundlePart(HTTPStatus.OK, {"id": part["id"]}) for part in response["data"]]


# What may differ between the versions of a mail, by https://developers.brevo.com/reference/sendtransacemail
_BREVO_VERSION = ("to", "replyTo", "subject", "htmlContent", "textContent", "headers")


def _brevo_join(mails: Sequence[str]) -> str:
    """Return one mail with versions; what it says itself is for those that say nothing of their own."""
    read: list[dict[str, Any]] = [json.loads(mail) for mail in mails]
    versions = [{name: mail[name] for name in _BREVO_VERSION if name in mail} for mail in read]
    base = {name: value for name, value in read[0].items() if name not in ("to", "headers")}
    return json.dumps({**base, "messageVersions": versions})


def _brevo_parts(response: Any) -> list[BundlePart]:
    ids = response["messageIds"] if "messageIds" in response else [response["messageId"]]
    return [BundlePart(HTTPStatus.CREATED, {"messageId": part}) for part in ids]


def _mailjet_join(mails: Sequence[str]) -> str:
    """Return a list of messages, each with what anymail says of all (https://dev.mailjet.com/email/guides/)."""
    read: list[dict[str, Any]] = [json.loads(mail) for mail in mails]
    return json.dumps({"Messages": [{**mail["Globals"], **mail["Messages"][0]} for mail in read]})


def _mailjet_parts(response: Any) -> list[BundlePart]:
    return [
        BundlePart(HTTPStatus.OK if part["Status"] == "success" else HTTPStatus.BAD_REQUEST, {"Messages": [part]})
        for part in response["Messages"]
    ]


def _mailtrap_parts(response: Any) -> list[BundlePart]:
    """Return the responses. https://docs.mailtrap.io/developers/email-sending/bulk"""
    return [
        BundlePart(HTTPStatus.OK if part["success"] else HTTPStatus.BAD_REQUEST, part) for part in response["responses"]
    ]


BUNDLES: Mapping[str, Bundle] = {
    "postmark": Bundle("email/batch", _list, _postmark_parts),
    "resend": Bundle("emails/batch", _list, _resend_parts),
    "brevo": Bundle("smtp/email", _brevo_join, _brevo_parts),
    # Mailjet answers 400 where any of them was refused, and has sent the others.
    "mailjet": Bundle("send", _mailjet_join, _mailjet_parts, mixed_statuses=frozenset({HTTPStatus.BAD_REQUEST})),
    "mailtrap": Bundle("batch", lambda mails: f'{{"requests":{_list(mails)}}}', _mailtrap_parts),
}
