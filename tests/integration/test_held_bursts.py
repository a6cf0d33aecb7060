"""A burst of refusals suppresses nobody until a person has decided, and then everyone of it or nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone

from distributor.audience import held_bursts, privacy
from distributor.audience.models import HeldBurst, HeldRefusal, Subscriber, Suppression
from distributor.cli.commands import cli
from distributor.delivery import control, resend
from distributor.delivery.mail import batches, history, ledger, refusal_watches, send
from distributor.delivery.models import Delivery, Dispatch
from distributor.domain.errors import BadInput, ConfirmationNeeded
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Accepted, Outcome, Receipt, Rejected
from distributor.domain.recipients import Recipient
from distributor.domain.refusal_bursts import RefusalWatch
from distributor.domain.returns import Kind, MailEvent
from distributor.insights.returns import take_in
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.desk import html

pytestmark = pytest.mark.django_db(transaction=True)

OK = Accepted(Receipt("queued as 1"))
GONE = Rejected("The server refused it: no such user.", code="5.1.1")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "BATCH_SIZE", 50)
    monkeypatch.setattr(batches, "LOOK_AHEAD", 10)


def gone_from(number: int) -> Callable[[Recipient | None], Outcome]:
    asked: list[object] = []

    def answer(recipient: Recipient | None) -> Outcome:
        asked.append(recipient)
        return OK if len(asked) <= number else GONE

    return answer


@pytest.fixture
def paused(queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel) -> Dispatch:
    """A mailing to 300 whose relay says from the hundredth on that there is no such user."""
    mail_channel.answer = gone_from(100)
    dispatch = queue(300)
    world.work(dispatch)
    assert dispatch.state == "paused"
    mail_channel.answer = lambda _: OK
    return dispatch


def refused(dispatch: Dispatch) -> int:
    return Delivery.objects.filter(dispatch=dispatch, outcome="rejected").count()


def test_nobody_is_suppressed_for_it(paused: Dispatch) -> None:
    (burst,) = held_bursts.open_bursts()
    assert (burst.dispatch_id, burst.domain) == (paused.pk, "inbox.example")  # all are there
    assert "5.1.1" in burst.example
    assert Suppression.objects.count() == 0
    assert burst.refusals.count() == refused(paused) > 0


def test_dropped_they_get_it_once_the_cause_is_gone(paused: Dispatch, mail_channel: ScriptedChannel) -> None:
    burst = held_bursts.open_bursts().get()
    count = refused(paused)
    assert held_bursts.decide(burst.pk, HeldBurst.Decision.DROPPED, actor="mina") == count
    burst.refresh_from_db()
    assert (burst.decision, burst.actor, burst.held_count) == ("dropped", "mina", count)
    assert (Suppression.objects.count(), HeldRefusal.objects.count()) == (0, 0)
    control.resume(paused.pk)
    world.work(paused)
    assert paused.state == "partly"
    again = resend.resend(paused.pk)
    world.work(again)
    assert (again.state, again.recipients) == ("sent", count)


def test_applied_all_of_them_are_suppressed(paused: Dispatch) -> None:
    burst = held_bursts.open_bursts().get()
    count = held_bursts.decide(burst.pk, HeldBurst.Decision.SUPPRESSED, actor="mina")
    suppressions = Suppression.objects.filter(reason="hard bounce", source="refusal", dispatch_id=paused.pk)
    assert suppressions.count() == count == refused(paused)
    with pytest.raises(BadInput, match="decided about before: suppressed by mina"):
        held_bursts.decide(burst.pk, HeldBurst.Decision.DROPPED, actor="bo")
    assert Suppression.objects.count() == count


def test_while_it_is_undecided_what_comes_after_is_held_too(paused: Dispatch, mail_channel: ScriptedChannel) -> None:
    before = HeldRefusal.objects.count()
    mail_channel.answer = gone_from(0)
    control.resume(paused.pk)
    world.work(paused)  # slower now, or paused again
    assert held_bursts.open_bursts().count() == 1
    assert HeldRefusal.objects.count() == refused(paused) > before
    assert Suppression.objects.count() == 0


def test_a_few_who_are_gone_are_suppressed_at_once(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    mail_channel.answer = lambda recipient: GONE if recipient and "reader7@" in recipient.email else OK
    dispatch = queue(60)
    world.work(dispatch)
    assert [str(row) for row in Suppression.objects.all()] == ["reader7@inbox.example"]
    assert not held_bursts.open_bursts().exists()


def bounce(dispatch: Dispatch, number: int) -> MailEvent:
    return MailEvent(
        Kind.HARD_BOUNCE,
        "dsn",
        f"{dispatch.pk}-{number}",
        timezone.now(),
        email=f"reader{number}@inbox.example",
        dispatch=dispatch.pk,
        subscriber=world.reader(number).pk,
        status="5.1.1",
        reason="No such user",
    )


def test_a_relay_that_refuses_everyone_is_noticed_over_small_mailings(
    draft: Draft, mail_channel: ScriptedChannel
) -> None:
    publication = world.make_publication()
    world.connect(publication, "letterbox")
    mail_channel.answer = lambda _: GONE
    dispatches = []
    for number in range(12):
        letter = world.make_letter(replace(draft, source=f"https://l.example/{number}"), publication)
        readers = world.make_list(publication, 4, f"list-{number}", first=4 * number)
        dispatches += world.queue(letter, "letterbox", lists=[readers])
        world.work(dispatches[-1])
    assert not Suppression.objects.exists()
    assert dispatches[0].state == "failed"
    assert {dispatch.state for dispatch in dispatches[2:]} == {"paused"}  # at its second refusal
    assert sum(map(refused, dispatches)) < 30
    numbers = list(held_bursts.open_bursts().values_list("pk", flat=True))
    mail_channel.answer = lambda _: OK
    for number in numbers:
        held_bursts.decide(number, HeldBurst.Decision.DROPPED, actor="mina")
    for dispatch in dispatches[2:]:
        control.resume(dispatch.pk)
        world.work(dispatch)
        assert dispatch.state in ("sent", "partly")
    assert not Suppression.objects.exists()
    assert not held_bursts.open_bursts().exists()


def test_what_several_small_mailings_did_is_applied_with_the_cause_of_each(
    draft: Draft, mail_channel: ScriptedChannel
) -> None:
    publication = world.make_publication()
    world.connect(publication, "letterbox")
    mail_channel.answer = lambda _: GONE
    for number in range(2):
        letter = world.make_letter(replace(draft, source=f"https://l.example/{number}"), publication)
        readers = world.make_list(publication, 4, f"list-{number}", first=4 * number)
        world.work(*world.queue(letter, "letterbox", lists=[readers]))
    (burst,) = held_bursts.open_bursts()
    assert held_bursts.decide(burst.pk, HeldBurst.Decision.SUPPRESSED, actor="mina") == 8
    dispatches = Suppression.objects.values_list("dispatch_id", flat=True)
    assert sorted(Counter(dispatches).values()) == [4, 4]


def test_a_small_domain_that_refuses_all_its_mail_is_held_and_the_mailing_goes_on(
    draft: Draft, mail_channel: ScriptedChannel
) -> None:
    publication = world.make_publication()
    world.connect(publication, "letterbox")
    readers = world.make_list(publication, 100)
    for subscriber in Subscriber.objects.order_by("pk")[:9]:
        subscriber.email = f"{subscriber.email.partition('@')[0]}@small.example"
        subscriber.save()
    lone = Subscriber.objects.order_by("pk").last()
    assert lone is not None

    def answer(recipient: Recipient | None) -> Outcome:
        assert recipient is not None
        return GONE if recipient.email.endswith("@small.example") or recipient.email == lone.email else OK

    mail_channel.answer = answer
    (dispatch,) = world.queue(world.make_letter(draft, publication), "letterbox", lists=[readers])
    world.work(dispatch)
    assert (dispatch.state, refused(dispatch)) == ("partly", 10)
    assert list(Suppression.objects.values_list("email", flat=True)) == [lone.email]
    (burst,) = held_bursts.open_bursts()
    assert (burst.domain, burst.tries, burst.refusals.count()) == ("small.example", 9, 9)


def test_bounces_by_mail_are_held_once_they_are_a_burst(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    dispatch = queue(200)
    world.work(dispatch)
    assert dispatch.state == "sent"
    for number in range(19):
        take_in([bounce(dispatch, number)])
    assert Suppression.objects.count() == 19
    take_in([bounce(dispatch, 19)])
    assert (Suppression.objects.count(), HeldRefusal.objects.count()) == (0, 20)
    take_in(bounce(dispatch, number) for number in range(20, 120))
    assert (Suppression.objects.count(), HeldRefusal.objects.count()) == (0, 120)
    (burst,) = held_bursts.open_bursts()
    held_bursts.decide(burst.pk, HeldBurst.Decision.SUPPRESSED, actor="mina")
    assert Suppression.objects.filter(source="dsn").count() == 120
    take_in([bounce(dispatch, 120)])  # what a person has decided stands
    assert (Suppression.objects.count(), HeldRefusal.objects.count()) == (121, 0)


def test_bounces_by_mail_pause_what_is_still_going_out(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    dispatch = queue(200)
    world.work(dispatch)
    Dispatch.objects.filter(pk=dispatch.pk).update(state="sending", finished_at=None)
    take_in(bounce(dispatch, number) for number in range(60))
    world.send(dispatch.pk)
    dispatch.refresh_from_db()
    assert dispatch.state == "paused"
    assert "far more than usual" in dispatch.reason


def test_who_is_erased_is_held_no_more(paused: Dispatch) -> None:
    row = HeldRefusal.objects.first()
    assert row is not None
    assert privacy.stored_data(row.email)["held_refusals"][0]["dispatch"] == paused.pk
    privacy.erase(row.email)
    assert not HeldRefusal.objects.filter(pk=row.pk).exists()


def test_the_command_line_lists_and_decides(paused: Dispatch) -> None:
    burst = held_bursts.open_bursts().get()
    listed = " ".join(CliRunner().invoke(cli, ["returns", "held"]).output.split())
    assert f"{burst.pk} dispatch {paused.pk}: " in listed
    assert "refused by inbox.example" in listed
    result = CliRunner().invoke(cli, ["returns", "decide", str(burst.pk), "suppress"])
    assert isinstance(result.exception, ConfirmationNeeded)
    result = CliRunner().invoke(cli, ["returns", "decide", str(burst.pk), "drop"])
    assert result.output.strip() == f"Dropped: {refused(paused)} people go on getting mail."
    assert "Nothing is held" in CliRunner().invoke(cli, ["returns", "held"]).output


def test_the_desk_lists_and_decides(paused: Dispatch, editor: Client) -> None:
    burst = held_bursts.open_bursts().get()
    page = editor.get("/desk/returns/held/").content.decode()
    assert "refused by inbox.example" in page
    count = burst.refusals.count()
    assert f"They are gone: suppress {count}" in page
    assert editor.get(f"/desk/returns/held/{burst.pk}/suppress/").status_code == 405
    assert editor.post(f"/desk/returns/held/{burst.pk}/nonsense/").status_code == 404
    answer = editor.post(f"/desk/returns/held/{burst.pk}/suppress/", follow=True)  # at one click, nothing is done
    assert f"{count} people will get no mail any more. Returns → Undo" in answer.content.decode()
    assert Suppression.objects.count() == 0
    assert f"Held refusals ({count})" in page
    assert f"{count} people are held until you decide" in html(editor.get("/desk/returns/"))
    answer = editor.post(f"/desk/returns/held/{burst.pk}/suppress/", {"confirmed": "yes"}, follow=True)
    assert f"Suppressed: {count} people get no mail any more." in html(answer)
    assert f"{count} suppressed by" in html(answer)
    assert Suppression.objects.count() == count
    assert "No bounce, complaint or unsubscription came back" in html(editor.get("/desk/returns/"))


def test_all_refusals_are_counted_also_those_after_it_was_noticed(paused: Dispatch, editor: Client) -> None:
    burst = held_bursts.open_bursts().get()
    count = refused(paused)
    HeldBurst.objects.update(tries=20, refusal_count=20)
    for text in (html(editor.get("/desk/returns/held/")), CliRunner().invoke(cli, ["returns", "held"]).output):
        assert f"{count} mails refused by {burst.domain or 'the mail server'}" in text
        assert f"It was noticed when 20 of 20 were refused; {count} people are held." in text
    assert history.refusals(burst.dispatch_id, "INBOX.example") == count
    assert history.refusals(burst.dispatch_id, "other.example") == 0


def test_who_goes_on_without_deciding_is_told(paused: Dispatch, editor: Client) -> None:
    count = refused(paused)
    sentence = f"{count} people are still held, and nobody of them is suppressed until you decide about them"
    assert sentence in CliRunner().invoke(cli, ["status", str(paused.pk)]).output
    page = html(editor.get(f"/desk/letters/{paused.letter_id}/"))
    assert f'<a href="/desk/returns/held/">Decide about {count} held people</a>' in page
    assert f"Dispatch {paused.pk}" in page
    answer = editor.post(f"/desk/dispatches/{paused.pk}/resume/", follow=True)
    assert sentence in html(answer)


def test_a_domain_whose_refusals_two_workers_share_is_a_burst(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each worker's own watch sees half of them, which is no burst by itself."""
    monkeypatch.setattr(send, "watch_of", refusal_watches._new)  # each turn is another worker's
    monkeypatch.setattr(send, "TURN_SECONDS", 0.0)  # and takes one batch
    monkeypatch.setattr(ledger, "BATCH_SIZE", 12)
    monkeypatch.setattr(RefusalWatch, "jumps", lambda *_: False)  # not slowed, so that time plays no part
    mail_channel.answer = lambda _: GONE
    dispatch = queue(60)
    for _ in range(4):
        world.work(dispatch)
    assert dispatch.state == "paused"
    (burst,) = held_bursts.open_bursts()
    assert 20 <= burst.refusals.count() == refused(dispatch) <= 24
    assert not Suppression.objects.exists()
