"""Calls as the providers' webhooks make them: bodies by their public documentation, with made-up people in them.

Each is about one recipient whose mailbox does not exist, and signed where its provider signs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

SAYS = "smtp; 550 5.1.1 <{email}>: Recipient address rejected: User unknown"
AT = 1_790_000_000  # 2026-09-21

EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SVIX_KEY = "whsec_" + base64.b64encode(b"k" * 24).decode()


def public(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


@dataclass
class Hooked:
    """One provider: an account's URL and signing key, the call for a bounce, and the headers that sign a body."""

    url: str
    bounce: Callable[[str, dict[str, str]], Any]
    key: str = ""
    sign: Callable[[bytes, str], Mapping[str, str]] = lambda *_: {}
    content_type: str = "application/json"
    matched: bool = True  # by our mark, and not only by address
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self, email: str, metadata: dict[str, str]) -> bytes:
        made = self.bounce(email, metadata)
        return made if isinstance(made, bytes) else json.dumps(made).encode()


def postmark(email: str, metadata: dict[str, str]) -> Any:
    return {
        "RecordType": "Bounce",
        "MessageStream": "broadcast",
        "ID": 4323372036854775807,
        "Type": "HardBounce",
        "TypeCode": 1,
        "Name": "Hard bounce",
        "Tag": "lantern",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": metadata,
        "ServerID": 23,
        "Description": "The server was unable to deliver your message.",
        "Details": SAYS.format(email=email),
        "Email": email,
        "From": "letters@lantern.example",
        "BouncedAt": "2026-09-21T14:13:20Z",
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "What the fog horn knows",
    }


def mailgun(email: str, metadata: dict[str, str]) -> Any:
    token = hashlib.sha256(email.encode()).hexdigest()[:50]
    signature = hmac.new(b"mailgun-signing-key", f"{AT}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": str(AT), "token": token, "signature": signature},
        "event-data": {
            "id": "G9Bn5sl1TC6nu79C8C0bwg",
            "event": "failed",
            "severity": "permanent",
            "reason": "bounce",
            "timestamp": float(AT),
            "recipient": email,
            "recipient-domain": email.partition("@")[2],
            "user-variables": metadata,
            "tags": ["lantern"],
            "message": {"headers": {"message-id": "20260921.1@mg.lantern.example", "to": email}, "size": 111},
            "delivery-status": {"code": 550, "enhanced-code": "5.1.1", "message": "User unknown", "attempt-no": 1},
        },
    }


def sendgrid(email: str, metadata: dict[str, str]) -> Any:
    return [
        {
            "email": email,
            "timestamp": AT,
            "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>",
            "event": "bounce",
            "category": ["lantern"],
            "sg_event_id": "6g4ZI7SA-xmRDv57GoPIPw==",
            "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
            "reason": SAYS.format(email=email),
            "status": "5.1.1",
            "type": "bounce",
            **metadata,
        }
    ]


def signed_by_sendgrid(body: bytes, _: str) -> Mapping[str, str]:
    signature = EC_KEY.sign(str(AT).encode() + body, ec.ECDSA(hashes.SHA256()))
    return {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": str(AT),
    }


def brevo(email: str, metadata: dict[str, str]) -> Any:
    return {
        "event": "hard_bounce",
        "email": email,
        "id": 26224,
        "date": "2026-09-21 14:13:20",
        "ts": AT,
        "message-id": "<202609211413.12345@smtp-relay.mailin.fr>",
        "ts_event": AT,
        "ts_epoch": AT * 1000,
        "subject": "What the fog horn knows",
        "X-Mailin-custom": json.dumps(metadata),
        "sending_ip": "192.0.2.7",
        "reason": SAYS.format(email=email),
        "tags": ["lantern"],
    }


def resend(email: str, metadata: dict[str, str]) -> Any:
    return {
        "type": "email.bounced",
        "created_at": "2026-09-21T14:13:20.000Z",
        "data": {
            "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
            "from": "The Lantern Post <letters@lantern.example>",
            "to": [email],
            "subject": "What the fog horn knows",
            "headers": [{"name": "X-Metadata", "value": json.dumps(metadata)}],
            "bounce": {
                "type": "Permanent",
                "subType": "General",
                "message": f"The recipient's server sent a hard bounce message: {SAYS.format(email=email)}",
            },
        },
    }


def signed_by_svix(body: bytes, _: str) -> Mapping[str, str]:
    now = int(datetime.now(UTC).timestamp())  # Svix takes nothing that is older than five minutes
    said = f"msg_1.{now}.".encode() + body
    signature = base64.b64encode(hmac.new(b"k" * 24, said, hashlib.sha256).digest()).decode()
    return {"svix-id": "msg_1", "svix-timestamp": str(now), "svix-signature": f"v1,{signature}"}


def amazon(email: str, metadata: dict[str, str]) -> Any:
    event = {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [
                {
                    "emailAddress": email,
                    "action": "failed",
                    "status": "5.1.1",
                    "diagnosticCode": SAYS.format(email=email),
                }
            ],
            "timestamp": "2026-09-21T14:13:20.000Z",
            "feedbackId": "0100017c-1",
        },
        "mail": {
            "timestamp": "2026-09-21T14:13:18.000Z",
            "source": "letters@lantern.example",
            "messageId": "0100017c-2",
            "destination": [email],
            "headers": [{"name": "X-Metadata", "value": json.dumps(metadata)}, {"name": "X-Tag", "value": "lantern"}],
        },
    }
    return {
        "Type": "Notification",
        "MessageId": "e3c9b9f0-1111-2222-3333-444455556666",
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:letters",
        "Message": json.dumps(event),
        "Timestamp": "2026-09-21T14:13:21.000Z",
        "SignatureVersion": "1",
    }


AMAZON_HEADERS = {
    "x-amz-sns-message-type": "Notification",
    "x-amz-sns-message-id": "e3c9b9f0-1111-2222-3333-444455556666",
}


def mailersend(email: str, _: dict[str, str]) -> Any:
    return {
        "type": "activity.hard_bounced",
        "created_at": "2026-09-21T14:13:21.000000Z",
        "data": {
            "object": "activity",
            "id": "62f114f8165fe0d8db0288e5",
            "type": "hard_bounced",
            "created_at": "2026-09-21T14:13:20.000000Z",
            "email": {
                "object": "email",
                "id": "62f114f7165fe0d8db0288e2",
                "status": "rejected",
                "tags": ["lantern"],
                "message": {"object": "message", "id": "62fb66bef54a112e920b5493"},
                "recipient": {"object": "recipient", "id": "62c69be104270ee9c6074d32", "email": email},
            },
            "morph": {"object": "recipient_bounce", "reason": f"550 5.1.1 User unknown <{email}>"},
        },
    }


def signed_by_mailersend(body: bytes, _: str) -> Mapping[str, str]:
    return {"Signature": hmac.new(b"mailersend-secret", body, hashlib.sha256).hexdigest()}


def mailjet(email: str, metadata: dict[str, str]) -> Any:
    return [
        {
            "event": "bounce",
            "time": AT,
            "MessageID": 19421777396190490,
            "Message_GUID": "1ab23cd4-e567-8901-2345-6789f0gh1i2j",
            "email": email,
            "mj_campaign_id": 7173,
            "mj_contact_id": 4,
            "customcampaign": "lantern",
            "Payload": json.dumps(metadata),
            "blocked": False,
            "hard_bounce": True,
            "error_related_to": "recipient",
            "error": "user unknown",
            "smtp_reply": SAYS.format(email=email),
        }
    ]


def mailtrap(email: str, metadata: dict[str, str]) -> Any:
    return {
        "events": [
            {
                "event": "bounce",
                "email": email,
                "category": "lantern",
                "message_id": "4c2e9f5b-7d1c-11f0-0000-f1c9a5b6e7d8",
                "event_id": "9e4f1c2a-7d1c-11f0-0000-f1c9a5b6e7d9",
                "timestamp": AT,
                "custom_variables": metadata,
                "response": SAYS.format(email=email),
                "response_code": 550,
                "bounce_category": "badmailbox",
                "sending_stream": "bulk",
            }
        ]
    }


def signed_by_mailtrap(body: bytes, _: str) -> Mapping[str, str]:
    return {"Mailtrap-Signature": hmac.new(b"mailtrap-secret", body, hashlib.sha256).hexdigest()}


def mandrill(email: str, metadata: dict[str, str]) -> bytes:
    event = {
        "event": "hard_bounce",
        "ts": AT,
        "_id": "abc123abc123",
        "msg": {
            "_id": "abc123abc123",
            "ts": AT,
            "email": email,
            "state": "bounced",
            "bounce_description": "bad_mailbox",
            "diag": SAYS.format(email=email),
            "metadata": metadata,
            "tags": ["lantern"],
        },
    }
    return urlencode({"mandrill_events": json.dumps([event])}).encode()


def signed_by_mandrill(body: bytes, url: str) -> Mapping[str, str]:
    signed = url + "".join(name + value for name, value in sorted(parse_qsl(body.decode())))
    digest = hmac.new(b"mandrill-key", signed.encode(), hashlib.sha1).digest()
    return {"X-Mandrill-Signature": base64.b64encode(digest).decode()}


def postal(email: str, _: dict[str, str]) -> Any:
    message = {"id": 12345, "token": "abcdef123", "to": email, "from": "letters@lantern.example", "tag": "lantern"}
    return {
        "event": "MessageDeliveryFailed",
        "timestamp": float(AT),
        "uuid": "0fcc8c8a-7a2c-4f3c-8f0c-d1f0f7a0a0a0",
        "payload": {
            "message": message,
            "status": "HardFail",
            "details": "Permanent SMTP delivery error when sending to mx.inbox.example",
            "output": SAYS.format(email=email),
            "sent_with_ssl": True,
            "timestamp": float(AT),
            "time": 0.22,
        },
    }


def signed_by_postal(body: bytes, _: str) -> Mapping[str, str]:
    signature = RSA_KEY.sign(body, padding.PKCS1v15(), hashes.SHA1())  # Postal's choice
    return {"X-Postal-Signature": base64.b64encode(signature).decode()}


def sparkpost(email: str, metadata: dict[str, str]) -> Any:
    event = {
        "type": "bounce",
        "event_id": "92356927693813856",
        "timestamp": str(AT),
        "rcpt_to": email,
        "raw_rcpt_to": email,
        "message_id": "000443ee14578172be22",
        "transmission_id": "65832150921904138",
        "rcpt_meta": metadata,
        "rcpt_tags": ["lantern"],
        "bounce_class": "10",
        "error_code": "550",
        "raw_reason": SAYS.format(email=email),
        "reason": "550 5.1.1 User unknown",
    }
    return [{"msys": {"message_event": event}}]


def unisender(email: str, metadata: dict[str, str]) -> bytes:
    event = {
        "event_name": "transactional_email_status",
        "event_data": {
            "job_id": "1a3Q2V-0000OZ-S0",
            "metadata": metadata,
            "email": email,
            "status": "hard_bounced",
            "event_time": "2026-09-21 14:13:20",
            "delivery_info": {
                "delivery_status": "err_user_unknown",
                "destination_response": SAYS.format(email=email),
            },
        },
    }
    whole = {"auth": "AUTH", "events_by_user": [{"user_id": 456, "project_id": "1", "events": [event]}]}
    body = json.dumps(whole).encode()
    auth = hashlib.md5(body.replace(b"AUTH", b"k-e-y")).hexdigest()  # Unisender Go's choice
    return body.replace(b"AUTH", auth.encode())


HOOKS = {
    "postmark": Hooked("postmark://k-e-y@", postmark),
    "mailgun": Hooked("mailgun://k-e-y@mg.lantern.example", mailgun, "mailgun-signing-key"),
    "ses": Hooked("ses://k-e-y:secret@eu-west-1", amazon, headers=AMAZON_HEADERS),
    "sendgrid": Hooked("sendgrid://k-e-y@", sendgrid, public(EC_KEY), signed_by_sendgrid),
    "brevo": Hooked("brevo://k-e-y@", brevo),
    "resend": Hooked("resend://k-e-y@", resend, SVIX_KEY, signed_by_svix),
    "mailersend": Hooked("mailersend://k-e-y@", mailersend, "mailersend-secret", signed_by_mailersend, matched=False),
    "mailjet": Hooked("mailjet://k-e-y:secret@", mailjet),
    "mailtrap": Hooked("mailtrap://k-e-y@", mailtrap, "mailtrap-secret", signed_by_mailtrap),
    "mandrill": Hooked(
        "mandrill://k-e-y@", mandrill, "mandrill-key", signed_by_mandrill, "application/x-www-form-urlencoded"
    ),
    "postal": Hooked("postal://k-e-y@postal.lantern.example", postal, public(RSA_KEY), signed_by_postal, matched=False),
    "sparkpost": Hooked("sparkpost://k-e-y@", sparkpost),
    "unisendergo": Hooked("unisendergo://k-e-y@go1", unisender),
}
