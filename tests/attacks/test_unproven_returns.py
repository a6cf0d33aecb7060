"""Mails to addresses of ours with a signed token, from people and from servers: each does what it proves, no more."""

from __future__ import annotations

import pytest

from distributor.audience.models import MailingList, Subscription, Suppression
from distributor.audience.signed_tokens import recipient_tokens
from distributor.insights.models import ReturnedEvent
from distributor.insights.returned_mails import take_in_mails, understand
from tests.integration import world
from tests.integration.world import reader

pytestmark = pytest.mark.django_db
DOMAIN = "return.lantern.example"
HELP_DESK = {"From": "Help <help@inbox.example>", "Subject": "Delivery failed?", "Return-Path": "<help@inbox.example>"}
NOT_THERE = "The account does not exist. 550 5.1.1 user unknown\r\n"


@pytest.fixture
def readers() -> MailingList:
    return world.make_list(world.make_publication(), 3)


def arrive(recipient: str, text: str = "", **headers: str) -> None:
    """Take in a mail to an address; `headers` have _ for -."""
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    take_in_mails([understand(f"{head}\r\n{text}".encode(), recipients=[recipient])])


def signed(purpose: str, number: int = 1) -> str:
    return f"{purpose}+{recipient_tokens().write(7, reader(number).pk)}@{DOMAIN}"


def active() -> set[str]:
    return set(Subscription.objects.filter(state="active").values_list("subscriber__email", flat=True))


def test_a_help_desk_ends_nobody_and_is_shown(readers: MailingList) -> None:
    arrive(signed("bounces"), NOT_THERE, **HELP_DESK)
    assert not Suppression.objects.exists()
    shown = ReturnedEvent.objects.get()
    assert (shown.kind, shown.certain, shown.email) == ("hard bounce", False, "reader1@inbox.example")


def test_a_help_desks_acknowledgement_ends_nobody(readers: MailingList) -> None:
    arrive(signed("bounces"), NOT_THERE, **HELP_DESK, Auto_Submitted="auto-replied")
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"From": "MAILER-DAEMON@mx.example", "Subject": "Delivery failed"},
        {"From": "postmaster@mx.example", "Subject": "Delivery failed"},
        {**HELP_DESK, "Return-Path": "<>"},
        {**HELP_DESK, "Auto_Submitted": "auto-generated"},
        {**HELP_DESK, "Content_Type": "multipart/report; report-type=delivery-status; boundary=b"},
    ],
)
def test_a_servers_notice_in_plain_words_ends_it(readers: MailingList, headers: dict[str, str]) -> None:
    arrive(signed("bounces"), NOT_THERE, **headers)
    assert list(Suppression.objects.values_list("email", flat=True)) == ["reader1@inbox.example"]


def test_who_writes_to_the_bare_address_first_leaves_by_the_signed_one(readers: MailingList) -> None:
    mail = {"From": "reader1@inbox.example", "Subject": "unsubscribe"}
    arrive(f"unsubscribe@{DOMAIN}", **mail)
    assert "reader1@inbox.example" in active()
    arrive(signed("unsubscribe"), **mail)
    assert "reader1@inbox.example" not in active()


def test_who_comes_back_can_leave_again_by_the_same_mail(readers: MailingList) -> None:
    mail = {"From": "reader1@inbox.example", "Subject": "unsubscribe"}
    for _ in range(2):
        arrive(signed("unsubscribe"), **mail)
        assert "reader1@inbox.example" not in active()
        Subscription.objects.update(state="active", left_at=None)
        assert "reader1@inbox.example" in active()


@pytest.mark.parametrize("subject", ["", "Hello", "stop"])
@pytest.mark.parametrize("sender", ["MAILER-DAEMON@d2.example", "postmaster@d2.example", "r20@d2.example"])
def test_what_arrives_at_a_signed_unsubscribe_address_unsubscribes(
    readers: MailingList, sender: str, subject: str
) -> None:
    arrive(signed("unsubscribe"), From=sender, Subject=subject)
    assert active() == {"reader0@inbox.example", "reader2@inbox.example"}


def test_a_bounce_at_the_unsubscribe_address_is_a_bounce(readers: MailingList) -> None:
    arrive(signed("unsubscribe"), "550 5.7.1 refused\r\n", From="MAILER-DAEMON@mx.example", Subject="Undelivered Mail")
    assert len(active()) == 3
    assert ReturnedEvent.objects.get().kind == "hard bounce"
