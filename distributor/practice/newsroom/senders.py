"""What newsrooms' systems send when a letter is published, written by their documentation: for tests of the doors.

- Ghost: https://ghost.org/docs/webhooks/, and https://github.com/TryGhost/Ghost/pull/20500 for the signature.
- WordPress: the plugin WP Webhooks, “Send data on post update” (https://wp-webhooks.com/).
- JSON of any form, with an HMAC in a header or a bearer token.
- A mail, as a mail program writes it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its body and its headers."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def ghost(
    current: Mapping[str, Any],
    previous: Mapping[str, Any] | None = None,
    *,
    secret: str,
    at: float,
    is_old: bool = False,
) -> Call:
    """Ghost's call about a post; an old Ghost signs the body alone."""
    body = json.dumps({"post": {"current": dict(current), "previous": dict(previous or {})}}).encode()
    milliseconds = str(int(at * 1000))
    content = body if is_old else body + milliseconds.encode()
    digest = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
    return Call(body, {"X-Ghost-Signature": f"sha256={digest}, t={milliseconds}"})


def ghost_post(title: str, html: str, *, number: int = 1, status: str = "published", **values: Any) -> dict[str, Any]:
    """A post as Ghost's calls have it."""
    return {
        "id": f"65f0c0ffee00000000000{number:03}",
        "uuid": f"0c0ffee0-0000-4000-8000-000000000{number:03}",
        "title": title,
        "slug": f"post-{number}",
        "html": html,
        "plaintext": title,
        "status": status,
        "visibility": "public",
        "published_at": "2026-11-01T08:00:00.000Z",
        "custom_excerpt": None,
        "feature_image": None,
        "url": f"https://ghost.newsroom.example/post-{number}/",
        "authors": [{"id": "1", "name": "Ilse Marroway", "slug": "ilse"}],
        "primary_tag": {"name": "Letters"},
        **values,
    }


def wordpress(
    title: str,
    html: str,
    *,
    secret: str,
    number: int = 17,
    status: str = "publish",
    before: str = "draft",
    password: str = "",
) -> Call:
    """The call of WP Webhooks about a post that was updated."""
    payload = {
        "post_id": number,
        "post": {
            "ID": number,
            "post_title": title,
            "post_content": html,
            "post_excerpt": "",
            "post_status": status,
            "post_type": "post",
            "post_name": f"post-{number}",
            "post_password": password,
            "post_date_gmt": "2026-11-01 08:00:00",
            "guid": f"https://wordpress.newsroom.example/?p={number}",
        },
        "post_meta": {},
        "post_before": {"post_status": before},
        "post_thumbnail": False,
        "post_permalink": f"https://wordpress.newsroom.example/post-{number}/",
    }
    body = json.dumps(payload).encode()
    digest = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return Call(body, {"X-WP-Webhook-Signature": digest, "X-WP-Webhook-Source": "https://wordpress.newsroom.example/"})


def plain(payload: Any, *, secret: str, header: str = "") -> Call:
    """JSON with an HMAC in a header, or with the secret as a bearer token."""
    body = json.dumps(payload).encode()
    if not header:
        return Call(body, {"Authorization": f"Bearer {secret}"})
    return Call(body, {header: f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"})


def call_in_our_way(payload: Any, *, secret: str, at: float) -> Call:
    """JSON signed in our own way, which covers the time."""
    body = json.dumps(payload).encode()
    digest = hmac.new(secret.encode(), f"{int(at)}.".encode() + body, hashlib.sha256).hexdigest()
    return Call(body, {"X-Distributor-Signature": f"t={int(at)},sha256={digest}"})


def mail(to: str, subject: str, html: str, *, sender: str = "Ilse <ilse@paper.example>", picture: bytes = b"") -> bytes:
    """A mail with a letter as HTML and text, and a picture in its text where one is given (`cid:picture`)."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="paper.example")
    message.set_content("The same as plain text.")
    message.add_alternative(html, subtype="html")
    if picture:
        part = message.get_payload()[1]  # type: ignore[index]
        part.add_related(picture, "image", "png", cid="<picture>")  # type: ignore[union-attr]
    return message.as_bytes()


def call_of(order: Mapping[str, str], *, at: float) -> Call | bytes:
    """Return what a system of a kind sends about a letter; of `mail` the mail itself. Raises KeyError."""
    title, html, secret = order["title"], order["html"], order.get("secret", "")
    payload = {"title": title, "html": html}
    if order["kind"] == "ghost":
        return ghost(ghost_post(title, html), {"status": "draft"}, secret=secret, at=at)
    if order["kind"] == "wordpress":
        return wordpress(title, html, secret=secret)
    if order["kind"] == "mail":
        return mail(order["address"], title, html)
    if order["kind"] == "json":
        return plain(payload, secret=secret, header=order.get("header", ""))
    return call_in_our_way(payload, secret=secret, at=at)
