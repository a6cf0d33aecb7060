"""Mail as it is on the wire, and what a relay's answers mean, one recipient after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from distributor.channels.base import AWAY, Credentials, Options
from distributor.channels.mail.adapter import MailChannel
from distributor.channels.mail.envelope import Envelope
from distributor.channels.mail.message import BuiltMail, MessageBuilder
from distributor.channels.mail.payload import MailPayload
from distributor.channels.mail.smtp import keeper
from distributor.domain.errors import TemplateError
from distributor.domain.letters import LetterView, PublicationView
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected
from distributor.domain.recipients import Recipient
from distributor.domain.variants import Variant
from tests.contract.cases.mail import PAYLOAD, PUBLICATION, mail_of
from tests.contract.conftest import World, new_intent, practice_account, reader
from tests.contract.scripted_smtp import in_order

LONG_URL = "https://letters.example.org/u/" + "t" * 300 + "/"
BAD_SENDERS = ["", "nobody", "편집자@letters.example.org", "a b@letters.example.org", f"editor@{'바' * 64}.kr"]


def deliver(world: World, variant: Variant, *recipients: Recipient, intent: Any = None) -> list[Outcome]:
    with MailChannel().open(practice_account(world, "mail"), variant, intent or new_intent()) as session:
        outcomes = in_order(session, recipients)
    keeper.close()  # who comes next finds a relay of which nothing is known
    return outcomes


def only_mail(world: World) -> tuple[bytes, EmailMessage]:
    [mail] = world.mails()
    raw = world.raw(mail["id"])
    message = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    return raw, message


def refusals(publication: PublicationView) -> list[str]:
    letter = LetterView(publication=publication, slug="x", title="X", body_html="<p>x</p>", body_text="x", url=LONG_URL)
    channel = MailChannel()
    concerns = channel.check(channel.compose(letter, Options()))
    return [concern.message for concern in concerns if concern.level == "refuse"]


def test_headers_are_those_of_a_mailing_list(world: World) -> None:
    intent = new_intent()
    recipient = Recipient(
        42, "kim@example.org", "Kim, the Reader", unsubscribe_url=LONG_URL, token="f0" * 20, track="0f" * 20
    )
    [outcome] = deliver(world, mail_of("Hello"), recipient, intent=intent)
    assert isinstance(outcome, Accepted)
    raw, message = only_mail(world)
    assert message["From"] == "Minji Kim <editor@letters.example.org>"
    assert message["To"] == '"Kim, the Reader" <kim@example.org>'
    assert message["Message-ID"] == f"<{intent.key}.{recipient.track}@letters.example.org>" == outcome.receipt.remote_id
    assert message["Date"].datetime.tzinfo is not None
    assert message["List-Id"] == "Morning Letters <morning.letters.example.org>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Help"] == message["List-Archive"] == "<https://letters.example.org/morning/>"
    assert message["List-Post"] == "NO"
    assert message["Feedback-ID"] == f"{intent.key}:morning:letter:letters-example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] == "bulk"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert len({name.lower() for name in message.keys()}) == len(message.keys())  # noqa: SIM118 # with repeats
    unsubscribe = f"List-Unsubscribe: <{LONG_URL}>,\r\n <mailto:editor@letters.example.org?subject=unsubscribe%20"
    unsubscribe += f"{recipient.token}>"
    assert unsubscribe.encode() in raw  # not RFC-2047-encoded, however long


def test_with_a_return_domain_each_mail_has_a_return_path_of_its_own(world: World) -> None:
    account = practice_account(world, "mail")
    account = replace(account, values={**account.values, "return_domain": "returns.example.org"})
    marked = [replace(reader(f"r{number}"), id=number, token=f"01070101{number:020x}") for number in (1, 2)]
    with MailChannel().open(account, mail_of("Hello"), new_intent()) as session:
        list(session.deliver([*marked, reader("unmarked")]))
    senders = {mail["recipient"].partition("@")[0]: mail["sender"] for mail in world.mails()}
    assert senders == {
        "r1": f"bounces+{marked[0].token}@returns.example.org",
        "r2": f"bounces+{marked[1].token}@returns.example.org",
        "unmarked": "editor@letters.example.org",
    }


def test_a_wrong_return_domain_asks_for_another(world: World) -> None:
    account = practice_account(world, "mail")
    account = replace(account, values={**account.values, "return_domain": "no domain"})
    with MailChannel().open(account, mail_of("Hello"), new_intent()) as session:
        [[done]] = session.deliver([reader()])
    assert isinstance(done.outcome, Reconnect)
    assert "return domain" in done.outcome.reason


def test_message_id_stays_the_same(world: World) -> None:
    intent = new_intent()
    for _ in range(2):
        deliver(world, mail_of("Hello"), reader(), intent=intent)
    assert len({mail["message_id"] for mail in world.mails()}) == 1


def test_without_a_web_address_one_click_is_not_promised(world: World) -> None:
    deliver(world, mail_of("Hello"), Recipient(1, "kim@example.org"))
    _, message = only_mail(world)
    assert message["To"] == "kim@example.org"
    assert message["List-Unsubscribe"].startswith("<mailto:")
    assert message["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize(
    "subject",
    [
        "A plain subject",
        "A plain subject that is much longer than one line may be, and so has to be folded somewhere, sensibly",
        "바다가 남긴 것 — 일곱 번째 편지, 그리고 그 다음의 아주 긴 제목이 여러 줄로 나뉘어야 합니다 🌊",
        "=?utf-8?q?not_encoded?=",
        "x" * 300,
    ],
)
def test_subject_and_names_come_back_as_they_were(subject: str, world: World) -> None:
    variant = Variant("mail", subject=subject, html="<p>x</p>", text="x", payload=PAYLOAD)
    deliver(world, variant, Recipient(1, "kim@example.org", "김 “민지”, 읽는 이 \\ (her)"))
    raw, message = only_mail(world)
    assert message["Subject"] == subject
    assert message["To"].addresses[0].display_name == "김 “민지”, 읽는 이 \\ (her)"
    assert message["To"].addresses[0].addr_spec == "kim@example.org"
    head = raw.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert max(len(line) for line in head.split(b"\r\n")) < 998


def test_no_header_can_be_smuggled_in(world: World) -> None:
    """A line break in a name, a subject or a link never begins a header."""
    evil = "x\r\nBcc: victim@example.org\r\n\r\nbody"
    payload = replace(PAYLOAD, envelope=replace(PAYLOAD.envelope, sender_name=evil, list_name=evil, stream=evil))
    variant = Variant("mail", subject="{{ recipient.name }}", html="<p>x</p>", text="x", payload=payload)
    [outcome] = deliver(world, variant, Recipient(1, "kim@example.org", evil, unsubscribe_url=f"https://a.org/{evil}"))
    assert isinstance(outcome, Accepted)
    assert [mail["recipient"] for mail in world.mails()] == ["kim@example.org"]
    raw, message = only_mail(world)
    assert message["Bcc"] is None
    assert b"\r\nBcc" not in raw
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    "email", ["", "kim", "kim@a\r\nRCPT TO:<x@y.z>", "a b@c.de", "<kim@c.de>", "kim@", "@c.de", "\ud800@c.de"]
)
def test_what_is_no_address_is_refused_alone(email: str, world: World) -> None:
    outcomes = deliver(world, mail_of("Hello"), Recipient(1, email), reader())
    assert outcomes[0] == Rejected("This is not a mail address.", code="address")
    assert isinstance(outcomes[1], Accepted)


def test_address_beyond_ascii(world: World) -> None:
    outcomes = deliver(world, mail_of("Hello"), Recipient(1, "kim@바다.kr"), Recipient(2, "민지@example.org"))
    assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted]
    assert {mail["recipient"] for mail in world.mails()} == {"kim@xn--2j1b67o.kr", "민지@example.org"}


def test_body_survives_dots_and_long_lines(world: World) -> None:
    text = "\n".join([".", "..", ".leading", "end.", "x" * 5_000, "trailing \t ", "=3D", "", "안녕 " * 500, "."])
    variant = Variant("mail", subject="s", html=f"<pre>{text}</pre>", text=text, payload=PAYLOAD)
    deliver(world, variant, reader())
    raw, message = only_mail(world)
    plain, html = message.iter_parts()
    assert plain.get_content().replace("\r\n", "\n") == text
    assert html.get_content().replace("\r\n", "\n") == f"<pre>{text}</pre>"
    assert plain["Content-Transfer-Encoding"] == "quoted-printable"
    assert max(len(line) for line in raw.split(b"\r\n")) < 998
    assert raw.replace(b"\r\n", b"").count(b"\n") == raw.replace(b"\r\n", b"").count(b"\r") == 0


def test_each_refusal_is_one_recipients_own(world: World) -> None:
    names = ("reader1", "bounce1", "later1", "full1", "policy1", "reader2")
    outcomes = deliver(world, mail_of("Hello"), *(reader(name) for name in names))
    assert [type(outcome) for outcome in outcomes] == [Accepted, Rejected, Deferred, Deferred, Rejected, Accepted]
    assert [getattr(outcome, "code", "") for outcome in outcomes] == ["", "5.1.1", "4.2.1", "4.2.2", "5.7.1", ""]
    assert {mail["recipient"] for mail in world.mails()} == {"reader1@example.org", "reader2@example.org"}


def test_template_that_fails_for_one_recipient(world: World) -> None:
    html = "<p>{{ recipient.attributes.shoe_size }}</p>"
    variant = Variant("mail", subject="s", html=html, text="t", payload=PAYLOAD)
    with_it = Recipient(1, "kim@example.org", attributes={"shoe_size": 39})
    outcomes = deliver(world, variant, with_it, reader())
    assert isinstance(outcomes[0], Accepted)
    assert isinstance(outcomes[1], Rejected)
    assert outcomes[1].code == "template"


class _Odd:
    """What no attribute should be: asking it for anything fails in a way nobody foresaw."""

    def __str__(self) -> str:
        raise RuntimeError("a value of the reader’s")


def test_whatever_fails_in_making_one_mail_is_that_ones_own(world: World, caplog: pytest.LogCaptureFixture) -> None:
    variant = Variant("mail", subject="s", html="{{ recipient.attributes.odd }}", text="t", payload=PAYLOAD)
    odd = Recipient(1, "odd@example.org", attributes={"odd": _Odd()})
    fine = Recipient(2, "fine@example.org", attributes={"odd": "even"})
    outcomes = deliver(world, variant, odd, fine)
    assert isinstance(outcomes[0], Rejected)
    assert outcomes[0].code == "template"
    assert isinstance(outcomes[1], Accepted)
    assert "a value" not in caplog.text


def test_a_mail_that_can_not_be_built_is_that_ones_own(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = MessageBuilder.build

    def broken(self: MessageBuilder, recipient: Recipient) -> BuiltMail:
        if recipient.id == 1:
            raise OverflowError("odd@example.org")
        return build(self, recipient)

    monkeypatch.setattr(MessageBuilder, "build", broken)
    outcomes = deliver(world, mail_of("Hello"), Recipient(1, "odd@example.org"), reader())
    assert isinstance(outcomes[0], Rejected)
    assert outcomes[0].code == "template"
    assert isinstance(outcomes[1], Accepted)
    assert "OverflowError" in caplog.text
    assert "odd@example.org" not in caplog.text + outcomes[0].reason


def test_template_that_does_not_compile_is_said_at_once(world: World) -> None:
    with pytest.raises(TemplateError):
        deliver(world, Variant("mail", subject="{% if %}", payload=PAYLOAD), reader())


def test_one_lost_connection_costs_nothing(world: World) -> None:
    """421 before a message: the connection is opened again and the message sent."""
    world.fault("mail", "500")
    assert [type(one) for one in deliver(world, mail_of("Hello"), reader("a"), reader("b"))] == [Accepted, Accepted]
    assert world.arrived("mail") == 2


def test_while_the_server_takes_nothing_nobody_else_is_tried(world: World) -> None:
    world.fault("mail", "500", times=2)
    outcomes = deliver(world, mail_of("Hello"), *(reader(f"r{number}") for number in range(5)))
    assert [(type(outcome), outcome.code) for outcome in outcomes] == [(Deferred, AWAY)] * 5  # type: ignore[union-attr]
    assert world.arrived("mail") == 0


def test_answer_lost_for_one_only(world: World) -> None:
    world.fault("mail", "drop-after-accept")
    outcomes = deliver(world, mail_of("Hello"), reader("a"), reader("b"), reader("c"))
    assert [type(outcome) for outcome in outcomes] == [Deferred, Accepted, Accepted]
    assert world.arrived("mail") == 3


@pytest.mark.parametrize("url", ["", "http://x", "smtp://", "smtp://h:99999", "smtp://h?starttls=maybe", "smtp://[::1"])
def test_bad_address_of_the_relay_asks_for_another(url: str) -> None:
    account = Credentials(1, "x", {"url": url})
    with MailChannel().open(account, mail_of("Hello"), new_intent()) as session:
        outcomes = [delivered.outcome for group in session.deliver([reader("a"), reader("b")]) for delivered in group]
    assert [type(outcome) for outcome in outcomes] == [Reconnect, Reconnect]


@pytest.mark.parametrize("email", BAD_SENDERS)
def test_bad_sender_address_asks_for_another(email: str, world: World) -> None:
    payload = replace(PAYLOAD, envelope=replace(PAYLOAD.envelope, sender_email=email))
    variant = Variant("mail", subject="s", html="h", text="t", payload=payload)
    [outcome] = deliver(world, variant, reader())
    assert isinstance(outcome, Reconnect)


@pytest.mark.parametrize("email", BAD_SENDERS)
def test_bad_sender_address_is_noticed_in_the_preview(email: str) -> None:
    refused = refusals(replace(PUBLICATION, sender_email=email))
    assert len(refused) == 1
    assert "sender address" in refused[0]


def test_good_sender_address_is_let_through(world: World) -> None:
    assert refusals(PUBLICATION) == []
    beyond = replace(PUBLICATION, sender_email="editor@바다.kr")
    assert refusals(beyond) == []
    variant = Variant("mail", subject="s", html="h", text="t", payload=MailPayload(envelope=Envelope.of(beyond)))
    [outcome] = deliver(world, variant, reader())
    assert isinstance(outcome, Accepted)
    _, message = only_mail(world)
    assert message["From"] == "Minji Kim <editor@xn--2j1b67o.kr>"
    assert message["List-Id"] == "Morning Letters <morning.xn--2j1b67o.kr>"


def test_a_thousand_in_a_few_seconds(world: World, case_of: Callable[..., Any]) -> None:
    outcomes = deliver(world, mail_of("Hello " * 500), *(reader(f"r{number}") for number in range(1_000)))
    assert {type(outcome) for outcome in outcomes} == {Accepted}
    assert world.arrived("mail") == world.arrived("recipients") == 1_000
