"""What tests of logging in share: an editor with an address, a relay, and the mails that went there."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.test import Client

from distributor.delivery.mail import transactional
from distributor.delivery.models import TransactionalMail
from tests.contract.scripted_smtp import ScriptedServer
from tests.integration import world
from tests.integration.desk import Response

PASSWORD = "the password of before"
NEW_PASSWORD = "the password from now on"


def make_editor(name: str = "mina", email: str = "mina@lantern.example", *, is_admin: bool = False) -> User:
    user = world.make_colleague(name, "admin" if is_admin else "manager", password=PASSWORD)
    user.email = email
    user.save(update_fields=["email"])
    return user


def log_in(name: str = "mina", password: str = PASSWORD, client: Client | None = None, agent: str = "") -> Client:
    client = client or Client(headers={"user-agent": agent})
    answer = client.post("/desk/login/", {"username": name, "password": password})
    assert answer.status_code == 302, answer.status_code
    return client


def is_in(client: Client) -> bool:
    return client.get("/desk/").status_code == 200


def leads_to(response: Response) -> str:
    assert response.status_code == 302, response.status_code
    return response.headers["Location"]


def mails(relay: ScriptedServer) -> list[EmailMessage]:
    """Do what a worker would do, and return what has come to the relay, the latest last."""
    for mail_id in TransactionalMail.objects.values_list("pk", flat=True):
        transactional.deliver(mail_id)
    return [message_from_bytes(content, _class=EmailMessage, policy=policy.default) for content in relay.contents]


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def link_in(message: EmailMessage) -> str:
    """Return the path of the link in a mail."""
    part = message.get_body(("html",))
    assert part is not None
    link = re.search(r'href="([^"]+/desk/[^"]+)"', str(part.get_content()))
    assert link
    return urlsplit(link[1]).path


def totp(secret: str, *, steps_from_now: int = 0) -> str:
    """The code of an app (RFC 6238) for a key as the page shows it."""
    key = base64.b32decode(secret.replace(" ", ""))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + steps_from_now), "sha1").digest()
    offset = digest[-1] & 0xF
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def secret_on(page: str) -> str:
    """Return the key that the page of setting up an app shows."""
    key = re.search(r'<code class="copied">([A-Z2-7 ]+)</code>', page)
    assert key
    return key[1]


def set_up_app(client: Client) -> str:
    """Set an app up, and return its key. The next code that counts is that of the next step."""
    secret = secret_on(client.get("/desk/account/app/").content.decode())
    answer = client.post("/desk/account/app/", {"code": totp(secret)})
    assert leads_to(answer) == "/desk/account/recovery-codes/"
    return secret
