"""Mail through the providers' interfaces: what they are given, and what their answers and silences mean."""

from __future__ import annotations

import importlib.util
import socket
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from distributor.channels.base import (
    AWAY,
    LAPSED,
    REPEAT_POSSIBLE,
    Credentials,
    Intent,
    Pause,
    RecipientOutcome,
    Session,
)
from distributor.channels.mail.adapter import MailChannel
from distributor.channels.mail.providers import refusals
from distributor.channels.mail.providers.features import PROVIDERS
from distributor.channels.mail.providers.session import open_session
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected
from distributor.domain.recipients import Recipient
from distributor.domain.variants import Variant
from tests.contract import provider_apis
from tests.contract.cases.mail import PAYLOAD, mail_of
from tests.contract.conftest import World, new_intent
from tests.contract.provider_apis import KEY, SECRET, Api, Received

URLS = {
    "postmark": f"postmark://{KEY}@",
    "mailgun": f"mailgun://{KEY}@mg.example.org",
    "sendgrid": f"sendgrid://{KEY}@",
    "brevo": f"brevo://{KEY}@",
    "resend": f"resend://{KEY}@",
    "mailjet": f"mailjet://{KEY}:{SECRET}@",
    "mailtrap": f"mailtrap://{KEY}@",
    "ses": f"ses://{KEY}:{SECRET}@eu-west-1",
}
MANY = [scheme for scheme in URLS if PROVIDERS[scheme].batch > 1]
LEAVE = "https://letters.example.org/u/" + "t" * 300 + "/"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

HTML = (
    '<p>Dear {{ recipient.name }} of {{ recipient.attributes["city"] }}</p>'
    '<a href="{{ recipient.unsubscribe_url }}">x</a>'
)
TEXT = "Dear {{ recipient.name }}: {{ recipient.unsubscribe_url }}"
PLAIN = Variant("mail", subject="For {{ recipient.name }}", html=HTML, text=TEXT, payload=PAYLOAD)
WORKED_OUT = replace(PLAIN, text=TEXT + "{% if recipient.language == 'ko' %}!{% endif %}")


@pytest.fixture(params=list(URLS))
def api(request: pytest.FixtureRequest) -> Iterator[Api]:
    if request.param == "ses" and importlib.util.find_spec("boto3") is None:
        pytest.skip("boto3 is not installed (the extra “ses”): Amazon SES is not tried")
    with provider_apis.running(request.param) as running:
        yield running


@pytest.fixture
def postmark() -> Iterator[Api]:
    with provider_apis.running("postmark") as running:
        yield running


def opened(
    api: Api, variant: Variant = PLAIN, *, options: str = "", intent: Intent | None = None, seconds: float = 20.0
) -> AbstractContextManager[Session]:
    account = Credentials(3, "Provider", {"url": URLS[api.scheme] + options})
    return open_session(
        account, variant, intent or new_intent(), clock=lambda: NOW, api_url=api.url, answer_seconds=seconds
    )


def person(number: int, **changes: Any) -> Recipient:
    known = Recipient(
        id=number,
        email=f"kim{number}@example.org",
        name=f"Kim <{number}>, “금”",
        attributes={"city": "Séoul & more"},
        unsubscribe_url=f"{LEAVE}{number}",
        token=f"mark{number}",
    )
    return replace(known, **changes)


def deliver(api: Api, recipients: Sequence[Recipient | Pause], **options: Any) -> list[RecipientOutcome]:
    with opened(api, **options) as session:
        return [one for group in session.deliver(recipients) for one in group]


def outcomes(delivered: Sequence[RecipientOutcome]) -> dict[int, Outcome]:
    return {one.recipient.id: one.outcome for one in delivered}


@pytest.mark.parametrize("variant", [PLAIN, WORKED_OUT], ids=["fields only", "worked out"])
def test_every_header_and_the_content_arrive(api: Api, variant: Variant) -> None:
    intent = new_intent()
    people = [person(1), person(2)]
    done = outcomes(deliver(api, people, variant=variant, intent=intent))
    assert all(isinstance(outcome, Accepted) and outcome.receipt.remote_id for outcome in done.values()), done
    mails = sorted(api.mails, key=lambda mail: mail.to)
    assert [mail.to for mail in mails] == [one.email for one in people]
    for one, mail in zip(people, mails, strict=True):
        assert mail.subject == f"For {one.name}"
        escaped = one.name.replace("<", "&lt;").replace(">", "&gt;")
        assert mail.html == f'<p>Dear {escaped} of Séoul &amp; more</p><a href="{one.unsubscribe_url}">x</a>'
        assert mail.text == f"Dear {one.name}: {one.unsubscribe_url}"
        assert mail.sender.replace('"', "") == "Minji Kim <editor@letters.example.org>"
        assert mail.tags == ["morning"]
        assert mail.tracked in (False, None)
        _check_headers(api, mail, one, intent)


def _check_headers(api: Api, mail: Received, one: Recipient, intent: Intent) -> None:
    assert mail.metadata.items() >= {"dispatch": intent.key, "subscriber": str(one.id), "mark": one.token}.items()
    assert mail.headers["message-id"] == f"<{intent.key}.{one.id}@letters.example.org>"
    assert mail.headers["date"].startswith("Tue, 24 Nov 2026 12:00:00")
    assert mail.headers["list-id"] == "Morning Letters <morning.letters.example.org>"
    assert mail.headers["list-unsubscribe"].startswith(f"<{one.unsubscribe_url}>, <mailto:")
    assert mail.headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert mail.headers["list-help"] == mail.headers["list-archive"] == "<https://letters.example.org/morning/>"
    assert mail.headers["list-post"] == "NO"
    assert mail.headers["feedback-id"] == f"{intent.key}:morning:letter:letters-example"
    assert mail.headers["auto-submitted"] == "auto-generated"
    assert mail.headers["precedence"] == "bulk"
    if api.scheme == "postmark":
        assert mail.headers["x-pm-keepid"] == "true"


@pytest.mark.parametrize("scheme", MANY)
def test_a_call_takes_as_many_mails_as_it_may(scheme: str) -> None:
    with provider_apis.running(scheme) as api:
        done = deliver(api, [person(number) for number in range(1, 26)], options="?batch=10&connections=1")
        assert len({one.recipient.id for one in done}) == len(done) == len(api.mails) == 25
        assert len(api.calls) == 3
        assert {mail.to for mail in api.mails} == {person(number).email for number in range(1, 26)}


@pytest.mark.parametrize("scheme", ["mailgun", "sendgrid"])
def test_what_has_to_be_worked_out_is_sent_one_by_one(scheme: str) -> None:
    with provider_apis.running(scheme) as api:
        deliver(api, [person(1), person(2, language="ko")], variant=WORKED_OUT)
        assert len(api.calls) == 2
        assert {mail.to: mail.text[-1] for mail in api.mails}["kim2@example.org"] == "!"


def test_one_refused_address_costs_nobody_else(api: Api) -> None:
    api.refused = {"kim3@example.org"}
    done = outcomes(deliver(api, [person(number) for number in range(1, 6)]))
    assert Counter(type(one) for one in done.values()) == {Accepted: 4, Rejected: 1}
    refusal = done[3]
    assert isinstance(refusal, Rejected)
    assert "kim3@example.org" in refusal.reason
    assert Counter(mail.to for mail in api.mails) == {person(number).email: 1 for number in (1, 2, 4, 5)}


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_not_taken_asks_a_person(api: Api, status: int) -> None:
    api.faults = [lambda *_: (status, {"message": f"The key {KEY} is unknown."}, {})]
    done = outcomes(deliver(api, [person(number) for number in range(1, 9)], options=_one_at_a_time(api)))
    assert {type(one) for one in done.values()} == {Reconnect}
    assert len(done) == 8
    assert len(api.calls) == 1
    assert KEY not in "".join(one.reason for one in done.values() if isinstance(one, Reconnect))


def _one_at_a_time(api: Api) -> str:
    return "?connections=1" + ("&batch=1" if PROVIDERS[api.scheme].batch > 1 else "")


def test_too_many_requests_wait_as_long_as_asked(api: Api) -> None:
    api.faults = [lambda *_: (429, {"message": "Too many requests"}, {"Retry-After": "120"})]
    done = outcomes(deliver(api, [person(1), person(2)], options=_one_at_a_time(api)))
    first, second = done[1], done[2]
    assert isinstance(first, Deferred)
    assert first.code == refusals.SLOW_DOWN
    assert first.retry_at == NOW + timedelta(seconds=120)
    assert isinstance(second, Deferred)
    assert second.code == AWAY
    assert len(api.calls) == 1


def test_after_a_short_wait_the_session_goes_on(postmark: Api) -> None:
    postmark.faults = [lambda *_: (429, {"Message": "Too many requests"}, {"Retry-After": "1"})]
    done = outcomes(deliver(postmark, [person(1), person(2)], options="?connections=1&batch=1"))
    assert isinstance(done[1], Deferred)
    assert isinstance(done[2], Accepted)


@pytest.mark.parametrize("fault", ["500", "hang up", "no JSON", "nothing that is known"])
def test_a_lost_answer_may_repeat_a_mail(api: Api, fault: str) -> None:
    if api.scheme == "sendgrid" and fault.startswith("no"):
        return  # SendGrid's answer has no body
    answers: dict[str, Any] = {
        "500": (500, {"message": "Internal error"}, {}),
        "hang up": None,
        "no JSON": (200, None, {}),
        "nothing that is known": (200, {"surprise": []}, {}),
    }
    if api.scheme == "brevo" and fault == "no JSON":
        return  # Brevo may answer with nothing at all
    api.faults = [lambda *_: answers[fault]]
    done = outcomes(deliver(api, [person(1), person(2)], options=_one_at_a_time(api)))
    first = done[1]
    assert isinstance(first, Deferred), first
    assert first.code == REPEAT_POSSIBLE
    assert isinstance(done[2], Accepted)


def test_a_time_out_may_repeat_a_mail(postmark: Api) -> None:
    over = threading.Event()
    postmark.faults = [lambda *_: (over.wait(20), None)[1]]
    [one] = deliver(postmark, [person(1)], seconds=0.3)
    over.set()
    assert isinstance(one.outcome, Deferred)
    assert one.outcome.code == REPEAT_POSSIBLE


def test_three_lost_answers_in_a_row_are_enough(postmark: Api) -> None:
    postmark.faults = [lambda *_: (502, {}, {})] * 50
    done = deliver(postmark, [person(number) for number in range(20)], options="?connections=1&batch=1")
    codes = [one.outcome.code for one in done if isinstance(one.outcome, Deferred)]
    assert codes == [REPEAT_POSSIBLE] * 3 + [AWAY] * 17
    assert len(postmark.calls) == 3


def test_a_provider_that_is_not_there_got_nothing(api: Api) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        api.url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    done = deliver(api, [person(number) for number in range(1, 30)])
    assert len({one.recipient.id for one in done}) == 29
    assert {one.outcome.code for one in done if isinstance(one.outcome, Deferred)} == {AWAY}
    assert all(isinstance(one.outcome, Deferred) for one in done)


def test_a_redirect_carries_no_key_elsewhere(postmark: Api) -> None:
    with provider_apis.running("postmark") as elsewhere:
        postmark.faults = [lambda *_: (307, {}, {"Location": f"{elsewhere.url}email/batch"})]
        [one] = deliver(postmark, [person(1)])
        assert isinstance(one.outcome, Deferred)
        assert one.outcome.code == AWAY
        assert not elsewhere.calls


def test_a_refused_sender_stops_everyone(postmark: Api) -> None:
    wrong = {"ErrorCode": 400, "Message": "The 'From' address you supplied is not a Sender Signature on your account."}
    postmark.faults = [lambda *_: (422, wrong, {})]
    done = deliver(postmark, [person(number) for number in range(9)], options="?connections=1&batch=2")
    assert {type(one.outcome) for one in done} == {Reconnect}
    assert len(done) == 9
    assert len(postmark.calls) == 1


def test_a_mail_that_can_not_be_made_costs_nobody_else(api: Api) -> None:
    people = [person(1), person(2, attributes={}), person(3, email="nobody"), person(4)]
    done = outcomes(deliver(api, people))
    assert isinstance(done[1], Accepted)
    assert isinstance(done[2], Rejected)
    assert done[2].code == "template"
    assert isinstance(done[3], Rejected)
    assert done[3].code == "address"
    assert isinstance(done[4], Accepted)


def test_the_same_address_twice_is_two_mails(api: Api) -> None:
    done = deliver(api, [person(1), person(2, email="KIM1@example.org"), person(3)])
    assert len(done) == len(api.mails) == 3
    assert {mail.metadata["subscriber"] for mail in api.mails} == {"1", "2", "3"}


def test_while_a_group_is_held_no_call_begins(api: Api) -> None:
    options = "?connections=2" + ("&batch=2" if PROVIDERS[api.scheme].batch > 1 else "")
    most = 2 * (2 if PROVIDERS[api.scheme].batch > 1 else 1)
    taken: list[int] = []

    def recipients() -> Iterator[Recipient]:
        for number in range(1, 30):
            taken.append(number)
            yield person(number)

    recorded = 0
    with opened(api, options=options) as session:
        for group in session.deliver(recipients()):
            before = len(taken)
            assert len(group) <= most
            recorded += len(group)
            assert len(taken) - recorded <= most  # what is under way
            assert len(taken) == before
    assert recorded == 29


def test_what_is_under_way_is_told_before_what_the_recipients_raise(api: Api) -> None:
    def recipients() -> Iterator[Recipient]:
        yield from (person(number) for number in range(1, 4))
        raise ConnectionError("the database is gone")

    done: list[RecipientOutcome] = []

    def deliver_all(session: Session) -> None:
        for group in session.deliver(recipients()):
            done.extend(group)

    with opened(api, options="?connections=2&batch=1") as session, pytest.raises(ConnectionError):
        deliver_all(session)
    assert sorted(one.recipient.email for one in done) == sorted(mail.to for mail in api.mails)
    assert len(done) == 3


def test_once_the_lease_is_over_no_call_begins(api: Api) -> None:
    outcomes: list[RecipientOutcome] = []
    with opened(api, options="?connections=2&batch=1") as session:
        people = [person(number) for number in range(1, 30)]
        for group in session.deliver(people, may_send=lambda: len(outcomes) < 6):
            outcomes.extend(group)
    lapsed = [done for done in outcomes if isinstance(done.outcome, Deferred) and done.outcome.code == LAPSED]
    assert len(outcomes) == 29
    assert len(api.mails) == 29 - len(lapsed) <= 6 + 2 * 2


def test_a_pause_sends_what_there_is_first(postmark: Api) -> None:
    done = deliver(postmark, [person(1), Pause(0.05), person(2), Pause(0.05)])
    assert len(done) == 2
    assert len(postmark.calls) == 2


def test_the_return_path_is_ours_where_the_provider_lets_it(api: Api) -> None:
    if api.scheme != "ses":
        return
    account = Credentials(3, "SES", {"url": URLS["ses"], "return_domain": "bounces.example.org"})
    with open_session(account, PLAIN, new_intent(), api_url=api.url) as session:
        list(session.deliver([person(1)]))
    assert api.calls[0].json["FeedbackForwardingEmailAddress"] == "bounces+mark1@bounces.example.org"


def test_amazon_without_its_package_says_what_to_install() -> None:
    if importlib.util.find_spec("boto3") is not None:
        return
    account = Credentials(3, "SES", {"url": URLS["ses"]})
    with MailChannel().open(account, mail_of("x"), new_intent()) as session:
        [[one]] = session.deliver([person(1)])
    assert isinstance(one.outcome, Reconnect)
    assert one.outcome.reason == "Amazon SES needs a package that is not installed: install distributor[ses]."


@pytest.mark.parametrize(
    "url", ["postmark://@", "mailgun://KEY@", "pigeon://KEY@loft", "ses://KEY@eu", "resend://K?x=1"]
)
def test_an_address_that_can_not_be_used_is_said_without_it(url: str) -> None:
    with MailChannel().open(Credentials(3, "Provider", {"url": url}), mail_of("x"), new_intent()) as session:
        [[one]] = session.deliver([person(1)])
    assert isinstance(one.outcome, Reconnect)
    assert KEY not in one.outcome.reason


def test_a_practice_account_never_reaches_a_provider(world: World) -> None:
    account = Credentials(3, "Practice", {"url": URLS["postmark"]}, world.endpoints["mail"])
    with MailChannel().open(account, mail_of("Hello"), new_intent()) as session:
        [[one]] = session.deliver([person(1)])
    assert isinstance(one.outcome, Accepted)
    assert len(world.mails()) == 1
