"""The providers' interfaces on loopback: what they are given is read as each one's documentation says, and answered so.

A mail is told in one way whoever it was given to: see Received.
"""

from __future__ import annotations

import base64
import email.policy
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

KEY, SECRET = "the-key-itself", "the/secret+itself"


@dataclass
class Received:
    """One mail that a provider was given, as its recipient would see it. Header names are in lower case."""

    to: str
    subject: str
    html: str
    text: str
    headers: dict[str, str]
    metadata: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    sender: str = ""
    tracked: bool | None = None


@dataclass
class Call:
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answer = tuple[int, Any, dict[str, str]]
Fault = Callable[[BaseHTTPRequestHandler, Call], Answer | None]


@dataclass
class Api:
    """A running interface. `faults` are used up one a call, before it is read; `refused` addresses are refused."""

    scheme: str
    url: str = ""
    calls: list[Call] = field(default_factory=list)
    mails: list[Received] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    held: threading.Event | None = None

    def take(self, handler: BaseHTTPRequestHandler, call: Call) -> Answer | None:
        with self.lock:
            self.calls.append(call)
            fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            return fault(handler, call)
        with self.lock:
            read, answer = PROTOCOLS[self.scheme]
            mails = read(call)
            status, body = answer(mails, self.refused)
            if call.path in ("/email", "/send") and self.scheme in ("postmark", "mailtrap"):
                [body] = body if isinstance(body, list) else body["responses"]  # one mail alone is answered alone
            # Only a list of answers can refuse one and take another.
            if status < 300 or self.scheme == "mailjet":
                self.mails += [mail for mail in mails if mail.to not in self.refused]
            return status, body, {}


def lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def postmark(call: Call) -> list[Received]:
    assert call.headers["X-Postmark-Server-Token"] == KEY
    assert call.path in ("/email", "/email/batch")
    given = call.json
    return [
        Received(
            to=one["To"].rpartition("<")[2].rstrip(">"),
            subject=one["Subject"],
            html=one["HtmlBody"],
            text=one["TextBody"],
            headers=lower({header["Name"]: header["Value"] for header in one["Headers"]}),
            metadata=one["Metadata"],
            tags=[one["Tag"]],
            sender=one["From"],
            tracked=one["TrackOpens"] or one["TrackLinks"] != "None",
        )
        for one in (given if isinstance(given, list) else [given])
    ]


def postmark_answer(mails: list[Received], refused: set[str]) -> tuple[int, Any]:
    answers = [
        {
            "ErrorCode": 406,
            "Message": f"You tried to send to a recipient that has been marked as inactive. Found inactive addresses: "
            f"{mail.to}. Inactive recipients are ones that have generated a hard bounce or a spam complaint.",
        }
        if mail.to in refused
        else {"ErrorCode": 0, "Message": "OK", "MessageID": f"pm-{mail.to}", "To": mail.to}
        for mail in mails
    ]
    return 200, answers


def mailgun(call: Call) -> list[Received]:
    assert call.headers["Authorization"] == "Basic " + base64.b64encode(f"api:{KEY}".encode()).decode()
    assert call.path == "/mg.example.org/messages"
    fields = parse_qs(call.body.decode(), keep_blank_values=True)
    variables = json.loads(fields.get("recipient-variables", ["{}"])[0])
    mails = []
    for to in fields["to"]:
        address = to.rpartition("<")[2].rstrip(">")

        def filled(text: str, known: Mapping[str, str] = variables.get(address, {})) -> str:
            for name, value in known.items():
                text = text.replace(f"%recipient.{name}%", value)
            return text

        mails.append(
            Received(
                to=address,
                subject=filled(fields["subject"][0]),
                html=filled(fields["html"][0]),
                text=filled(fields["text"][0]),
                headers=lower({k[2:]: filled(v[0]) for k, v in fields.items() if k.startswith("h:")}),
                metadata={k[2:]: filled(v[0]) for k, v in fields.items() if k.startswith("v:")},
                tags=fields["o:tag"],
                sender=fields["from"][0],
                tracked=fields["o:tracking-opens"] + fields["o:tracking-clicks"] != ["no", "no"],
            )
        )
    return mails


def mailgun_answer(mails: list[Received], refused: set[str]) -> tuple[int, Any]:
    if wrong := [mail.to for mail in mails if mail.to in refused]:
        return 400, {"message": f"to parameter is not a valid address: {wrong[0]}"}
    return 200, {"id": "<20261124.1@mg.example.org>", "message": "Queued. Thank you."}


def sendgrid(call: Call) -> list[Received]:
    assert call.headers["Authorization"] == f"Bearer {KEY}"
    assert call.path == "/mail/send"
    given = call.json
    content = {one["type"]: one["value"] for one in given["content"]}
    mails = []
    for one in given["personalizations"]:

        def filled(text: str, known: Mapping[str, str] = one.get("substitutions", {})) -> str:
            for name, value in known.items():
                text = text.replace(name, value)
            return text

        [to] = one["to"]
        mails.append(
            Received(
                to=to["email"],
                subject=filled(given["subject"]),
                html=filled(content["text/html"]),
                text=filled(content["text/plain"]),
                headers=lower({**given["headers"], **one.get("headers", {})}),
                metadata={**given.get("custom_args", {}), **one.get("custom_args", {})},
                tags=given["categories"],
                sender=f"{given['from']['name']} <{given['from']['email']}>",
                tracked=any(one["enable"] for one in given["tracking_settings"].values()),
            )
        )
    return mails


def sendgrid_answer(mails: list[Received], refused: set[str]) -> tuple[int, Any]:
    if wrong := [mail.to for mail in mails if mail.to in refused]:
        message = f"Does not contain a valid address: {wrong[0]}"
        return 400, {"errors": [{"message": message, "field": "personalizations.0.to.0.email"}]}
    return 202, None


def brevo(call: Call) -> list[Received]:
    assert call.headers["api-key"] == KEY
    assert call.path == "/smtp/email"
    given = call.json
    mails = []
    for version in given.get("messageVersions", [given]):
        one = {**given, **version}
        [to] = one["to"]
        headers = lower(one["headers"])
        mails.append(
            Received(
                to=to["email"],
                subject=one["subject"],
                html=one["htmlContent"],
                text=one["textContent"],
                metadata=json.loads(headers.pop("x-mailin-custom")),
                headers=headers,
                tags=one["tags"],
                sender=f"{one['sender']['name']} <{one['sender']['email']}>",
            )
        )
    return mails


def brevo_answer(mails: list[Received], refused: set[str]) -> tuple[int, Any]:
    if wrong := [mail.to for mail in mails if mail.to in refused]:
        return 400, {"code": "invalid_parameter", "message": f"email is not valid in to: {wrong[0]}"}
    ids = [f"<brevo-{mail.to}>" for mail in mails]
    return 201, {"messageIds": ids} if len(ids) > 1 else {"messageId": ids[0]}


def resend(call: Call) -> list[Received]:
    assert call.headers["Authorization"] == f"Bearer {KEY}"
    assert call.path in ("/emails", "/emails/batch")
    given = call.json
    mails = []
    for one in given if isinstance(given, list) else [given]:
        headers = lower(one["headers"])
        mails.append(
            Received(
                to=one["to"][0].rpartition("<")[2].rstrip(">"),
                subject=one["subject"],
                html=one["html"],
                text=one["text"],
                metadata=json.loads(headers.pop("x-metadata")),
                tags=json.loads(headers.pop("x-tags")),
                headers=headers,
                sender=one["from"],
            )
        )
    return mails


def resend_answer(mails: list[Received], refused: set[str]) -> tuple[int, Any]:
    if wrong := [mail.to for mail in mails if mail.to in refused]:
        message = f"Invalid `to` field: {wrong[0]}"
        return 422, {"statusCode": 422, "name": "validation_error", "message": message}
    ids = [{"id": f"re-{mail.to}"} for mail in mails]
    return 200, {"data": ids} if len(ids) > 1 else ids[0]


def mailjet(call: Call) -> list[Received]:
    assert call.headers["Authorization"] == "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    assert call.path == "/send"
    given = call.json
    return [
        Received(
            to=one["To"][0]["Email"],
            subject=one["Subject"],
            html=one["HTMLPart"],
            text=one["TextPart"],
            headers=lower(one["Headers"]),
            metadata=json.loads(one["EventPayload"]),
            tags=[one["CustomCampaign"]],
            sender=f"{one['From']['Name']} <{one['From']['Email']}>",
            tracked=(one["TrackOpens"], one["TrackClicks"]) != ("disabled", "disabled"),
        )
        for one in ({**given.get("Globals", {}), **message} for message in given["Messages"])
    ]


def mailjet_answer(mails: list[Received], refused: set[str]) -> tuple[int, Any]:
    answers = [
        {"Status": "error", "Errors": [{"ErrorCode": "mj-0013", "ErrorMessage": f"“{mail.to}” is not an address."}]}
        if mail.to in refused
        else {"Status": "success", "To": [{"Email": mail.to, "MessageID": f"mj-{mail.to}"}]}
        for mail in mails
    ]
    wrong = any(one["Status"] == "error" for one in answers)
    return 400 if wrong else 200, {"Messages": answers}


def mailtrap(call: Call) -> list[Received]:
    assert call.headers["Api-Token"] == KEY
    assert call.path in ("/send", "/batch")
    given = call.json
    return [
        Received(
            to=one["to"][0]["email"],
            subject=one["subject"],
            html=one["html"],
            text=one["text"],
            headers=lower(one["headers"]),
            metadata=one["custom_variables"],
            tags=[one["category"]],
            sender=f"{one['from']['name']} <{one['from']['email']}>",
        )
        for one in given.get("requests", [given])
    ]


def mailtrap_answer(mails: list[Received], refused: set[str]) -> tuple[int, Any]:
    answers: list[dict[str, Any]] = [
        {"success": False, "errors": [f"'to' address “{mail.to}” is invalid"]}
        if mail.to in refused
        else {"success": True, "message_ids": [f"mt-{mail.to}"]}
        for mail in mails
    ]
    return 200, {"success": True, "responses": answers}


def amazon(call: Call) -> list[Received]:
    assert f"Credential={KEY}/" in call.headers["Authorization"]
    assert call.path == "/v2/email/outbound-emails"
    given = call.json
    raw = base64.b64decode(given["Content"]["Raw"]["Data"])
    message: EmailMessage = BytesParser(policy=email.policy.default).parsebytes(raw)
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    assert html is not None
    assert text is not None
    [to] = given["Destination"]["ToAddresses"]
    unfolded = BytesParser(policy=email.policy.compat32).parsebytes(raw)
    return [
        Received(
            to=to,
            subject=str(message["Subject"]),
            html=html.get_content().rstrip("\n"),
            text=text.get_content().rstrip("\n"),
            headers=lower({name: "".join(str(value).splitlines()).strip() for name, value in unfolded.items()}),
            metadata=json.loads(str(message["X-Metadata"])),
            tags=[str(message["X-Tag"])],
            sender=str(message["From"]),
        )
    ]


def amazon_answer(mails: list[Received], refused: set[str]) -> tuple[int, Any]:
    if mails[0].to in refused:
        return 400, {"__type": "BadRequestException", "message": f"Illegal address: {mails[0].to}"}
    return 200, {"MessageId": f"ses-{mails[0].to}"}


Read = Callable[[Call], list[Received]]
PROTOCOLS: dict[str, tuple[Read, Callable[[list[Received], set[str]], tuple[int, Any]]]] = {
    "postmark": (postmark, postmark_answer),
    "mailgun": (mailgun, mailgun_answer),
    "sendgrid": (sendgrid, sendgrid_answer),
    "brevo": (brevo, brevo_answer),
    "resend": (resend, resend_answer),
    "mailjet": (mailjet, mailjet_answer),
    "mailtrap": (mailtrap, mailtrap_answer),
    "ses": (amazon, amazon_answer),
}


class Handler(BaseHTTPRequestHandler):
    api: Api
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = self.api.take(self, Call(self.path, dict(self.headers), body))
        if answer is None:  # hang up without a word
            self.close_connection = True
            self.connection.close()
            return
        status, content, headers = answer
        data = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):  # the connection was closed above
            pass

    def log_message(self, *_: Any) -> None: ...


@contextmanager
def running(scheme: str) -> Iterator[Api]:
    api = Api(scheme)
    handler = type("ApiHandler", (Handler,), {"api": api})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    api.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
