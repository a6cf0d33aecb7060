"""Returns on the desk: what came back, whom it is about, and lifting a suppression."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone

from distributor.audience.actions import subscribe
from distributor.audience.models import Subscriber, Subscription, Suppression
from distributor.audience.privacy import erase, stored_data
from distributor.audience.suppression import suppress, suppress_one
from distributor.cli.commands import cli
from distributor.delivery.models import Dispatch
from distributor.desk import returns
from distributor.domain.errors import BadInput, ConfirmationNeeded
from distributor.domain.returns import Kind, MailEvent
from distributor.insights.bounce_scores import scores
from distributor.insights.models import ReturnedEvent, Reversal
from distributor.insights.returned_mails import take_in_mails, understand
from distributor.insights.returns import take_in
from tests.integration import world
from tests.integration.desk import errors, html, said

pytestmark = pytest.mark.django_db(transaction=True)


def came_back(kind: Kind, email: str, number: int = 1, **more: Any) -> MailEvent:
    return MailEvent(kind=kind, source="dsn", event_id=f"{email} {number}", at=timezone.now(), email=email, **more)


@pytest.fixture
def ida() -> Subscriber:
    return subscribe("ida@inbox.example", to=world.make_list(world.make_publication(), 0), name="Ida Holm").subscriber


def test_what_came_back_is_told_with_person_reason_and_score(ida: Subscriber, editor: Client) -> None:
    for day in range(2):
        full = {"status": "4.2.2", "reason": "mailbox full", "subscriber": ida.pk}
        with world.days_ago(day):
            take_in([came_back(Kind.SOFT_BOUNCE, "Ida@inbox.example", day, **full)])
    page = html(editor.get("/desk/returns/"))
    assert "Ida Holm" in page
    assert "4.2.2</code> mailbox full" in page
    assert f"{scores(['IDA@inbox.example'])['ida@inbox.example']:.1f} of 6" in page
    assert "2.0 of 6" in page


def test_who_is_suppressed_by_it_is_said(editor: Client) -> None:
    take_in([came_back(Kind.HARD_BOUNCE, "gone@inbox.example", status="5.1.1", reason="no such user")])
    assert "gets no mail" in html(editor.get("/desk/returns/"))
    page = html(editor.get("/desk/returns/suppressed/"))
    assert "gone@inbox.example" in page
    assert "no such user" in page


def test_a_code_for_gone_with_words_that_do_not_say_so_is_shown_as_unclear(editor: Client) -> None:
    take_in([came_back(Kind.HARD_BOUNCE, "odd@inbox.example", status="5.1.1", reason="frobnicator 42")])
    page = html(editor.get("/desk/returns/"))
    assert "unclear: the code is that of a mailbox that is gone" in page
    assert "2.0 of 6" in page
    assert "gets no mail:" not in page


def test_only_what_is_looked_for_is_shown(editor: Client) -> None:
    take_in([came_back(Kind.COMPLAINT, "angry@inbox.example"), came_back(Kind.SOFT_BOUNCE, "full@inbox.example")])
    take_in([came_back(Kind.DELIVERED, "fine@inbox.example")])
    everything = html(editor.get("/desk/returns/"))
    assert "fine@inbox.example" not in everything  # nothing came back
    for query, shown, hidden in (
        ("kind=complaint", "angry@", "full@"),
        ("find=FULL@inbox.example", "full@", "angry@"),
        ("kind=nonsense", "angry@", "fine@"),
    ):
        page = html(editor.get(f"/desk/returns/?{query}"))
        assert f"{shown}inbox.example</" in page or f"{shown}inbox.example\n" in page
        assert f"{hidden}inbox.example\n" not in page
    assert 'There is nothing about “x"<y”' in html(editor.get("/desk/returns/?find=x%22%3Cy%00"))


def test_older_ones_are_a_page_further(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returns, "PAGE_SIZE", 2)
    suppress(((f"p{number}@inbox.example", "") for number in range(5)), reason=Suppression.Reason.MANUAL)
    path, seen = "/desk/returns/suppressed/", []
    while path:
        page = html(editor.get(path))
        seen += re.findall(r"(p\d)@inbox.example</th>", page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = f"/desk/returns/suppressed/{older[1]}" if older else ""
    assert seen == ["p4", "p3", "p2", "p1", "p0"]


@pytest.mark.parametrize("place", ["/desk/returns/", "/desk/returns/suppressed/"])
@pytest.mark.parametrize("query", ["before=nonsense", "before=", "before=-1", "before=%00", "page=-1", "page=%00"])
def test_a_page_that_there_is_not_is_not_found(editor: Client, place: str, query: str) -> None:
    assert editor.get(f"{place}?{query}").status_code == 404
    assert editor.get(f"{place}?before={'9' * 40}").status_code == 404
    assert editor.get(f"{place}?page=1").status_code == 200


def test_a_suppression_is_lifted(editor: Client) -> None:
    suppress_one("ida@inbox.example", detail="by phone")
    kept = Suppression.objects.get()
    answer = editor.post(f"/desk/returns/suppressed/{kept.pk}/lift/")
    assert "ida@inbox.example can get mail again." in said(answer)
    assert not Suppression.objects.exists()


def test_who_was_erased_has_no_address_here_and_is_not_brought_back(editor: Client) -> None:
    erased = Suppression.objects.create(digest="0" * 64, reason=Suppression.Reason.ERASED)
    assert "someone who was erased" in html(editor.get("/desk/returns/suppressed/"))
    assert editor.post(f"/desk/returns/suppressed/{erased.pk}/lift/").status_code == 404
    assert Suppression.objects.exists()


def test_undoing_is_shown_first_then_done_then_listed(ida: Subscriber, editor: Client) -> None:
    take_in(
        [came_back(Kind.COMPLAINT, "ida@inbox.example"), came_back(Kind.HARD_BOUNCE, "a@b.example", status="5.1.1")]
    )
    page = html(editor.get("/desk/returns/undo/?source=dsn&since=today"))
    assert "Would lift 2 suppressions and put back 1 subscription" in page
    assert "1 of them said that this is spam" in page
    assert [caption for caption in ("By reason", "By source", "By domain") if f"<caption>{caption}<" in page] == [
        "By reason",
        "By source",
        "By domain",
    ]
    assert Suppression.objects.count() == 2
    hidden = dict(re.findall(r'type="hidden" name="(since|until|source)" value="([^"]+)"', page))
    assert hidden.keys() == {"since", "until", "source"}

    answer = editor.post("/desk/returns/undo/", hidden)
    assert "Lifted 1 suppression and put back 0 subscriptions." in said(answer)
    assert Suppression.objects.get().reason == "complaint"
    answer = editor.post("/desk/returns/undo/", {**hidden, "complaints": "on"})
    assert "Lifted 1 suppression and put back 1 subscription." in said(answer)
    assert Subscription.objects.get(subscriber=ida).state == "active"
    page = html(editor.get("/desk/returns/undo/"))
    assert page.count("source dsn") == 2
    page = html(editor.get("/desk/returns/"))
    assert page.count("undone by mina") == 2
    take_in([came_back(Kind.COMPLAINT, "ida@inbox.example", 7)])  # said again
    assert html(editor.get("/desk/returns/")).count("undone by mina") == 2
    assert set(Reversal.objects.values_list("actor", flat=True)) == {"mina"}


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("source=", "Say what to undo"),
        ("since=nonsense", "not a time that can be understood"),
        ("dispatch=x", "Enter a whole number"),
        ("source=nobody", "nobody is not one of the available choices"),
        ("since=today&until=yesterday", "has to be after"),
    ],
)
def test_what_is_not_understood_undoes_nothing(editor: Client, query: str, problem: str) -> None:
    take_in([came_back(Kind.COMPLAINT, "ida@inbox.example")])
    assert problem in html(editor.get(f"/desk/returns/undo/?{query}"))
    fields = dict(part.split("=") for part in query.split("&"))
    assert problem in html(editor.post("/desk/returns/undo/", fields))
    assert Suppression.objects.exists()


def test_looking_at_it_undoes_nothing_that_comes_after(editor: Client) -> None:
    assert "There is nothing to undo" in html(editor.get("/desk/returns/undo/?source=dsn"))
    take_in([came_back(Kind.HARD_BOUNCE, "a@b.example", status="5.1.1")])
    page = html(editor.get("/desk/returns/undo/?source=dsn"))
    take_in([came_back(Kind.HARD_BOUNCE, "later@b.example", status="5.1.1")])
    editor.post("/desk/returns/undo/", dict(re.findall(r'type="hidden" name="(until|source)" value="([^"]+)"', page)))
    assert Suppression.objects.get().email == "later@b.example"


def test_what_is_not_proven_is_decided_by_a_person(ida: Subscriber, editor: Client) -> None:
    take_in([came_back(Kind.COMPLAINT, "ida@inbox.example", number, certain=False) for number in (1, 2)])
    first, second = ReturnedEvent.objects.order_by("pk")
    page = html(editor.get("/desk/returns/?kind=not+proven,+to+decide"))
    assert page.count("It asks: suppress, and take off all lists") == 2
    assert page.count('name="event"') == 2

    def decide(decision: str, *events: int | str, **more: str) -> str:
        answer = editor.post("/desk/returns/decide/", {"decision": decision, "event": events, **more})
        assert answer.headers["Location"] == "/desk/returns/?kind=not+proven%2C+to+decide"
        return said(answer)

    assert editor.get("/desk/returns/decide/").status_code == 405
    assert editor.post("/desk/returns/decide/", {"decision": "dance", "event": first.pk}).status_code == 404
    assert "Choose the events first" in decide("ignore")
    assert "Choose the events first" in decide("ignore", "x", "9" * 30)
    assert "Suppress, and take off all lists: ida@inbox.example. Agree to it first." in decide("act-on", first.pk)
    assert not Suppression.objects.exists()
    sentence = f"Event {first.pk}, complaint of ida@inbox.example: acted on."
    assert sentence in decide("act-on", first.pk, confirmed="yes")
    told = decide("ignore", first.pk, second.pk)
    assert f"Event {first.pk}: mina has decided that already" in told
    assert f"Event {second.pk}, complaint of ida@inbox.example: ignored." in told
    assert "None of them asks for anything" in decide("act-on", second.pk)
    assert Suppression.objects.get().reason == "complaint"
    assert "not proven: acted on by mina" in html(editor.get("/desk/returns/"))
    assert 'name="event"' not in html(editor.get("/desk/returns/"))


FORGED = b"""\
Received: from evil.example by mx.lantern.example; Tue, 10 Mar 2026 09:00:00 +0000
Return-Path: <mallory@evil.example>
From: "Mallory <b>" <mallory@evil.example>
To: letters@lantern.example
Subject: unsubscribe
Date: Tue, 10 Mar 2026 09:00:00 +0000
Message-ID: <forged@evil.example>

Take me off. bounces+%b@return.example <script>alert(1)</script>
""" % (b"0a" * 20)


def forge(name: str = "mallory") -> ReturnedEvent:
    take_in_mails([understand(FORGED.replace(b"mallory@", name.encode() + b"@"))])
    return ReturnedEvent.objects.get(certain=False, email=f"{name}@evil.example")


def test_what_came_in_is_shown_to_who_decides(editor: Client) -> None:
    event = forge()
    raw = editor.get(f"/desk/returns/{event.pk}/").content.decode()
    page = unescape(raw)
    for words in (
        '"Mallory <b>" <mallory@evil.example>',
        "no subscriber",
        "Take me off.",
        "received: from evil.example by mx.lantern.example",
        "message-id: <forged@evil.example>",
        "mailto (mails that ask to be unsubscribed)",
    ):
        assert words in page
    assert "<script>alert" not in raw
    assert "0a0a" not in page
    assert "Act on it: take them off all lists" in page
    listed = html(editor.get("/desk/returns/"))
    assert f'href="/desk/returns/{event.pk}/"' in listed
    assert "from mallory@evil.example" in listed
    take_in([came_back(Kind.COMPLAINT, "ida@inbox.example")])
    proven = ReturnedEvent.objects.get(certain=True)
    assert editor.get(f"/desk/returns/{proven.pk}/").status_code == 404
    assert editor.get("/desk/returns/999999/").status_code == 404


def test_on_the_command_line_several_are_decided_at_once(ida: Subscriber) -> None:
    run = CliRunner().invoke
    take_in([came_back(Kind.COMPLAINT, "ida@inbox.example", number, certain=False) for number in (1, 2, 3)])
    take_in([came_back(Kind.UNSUBSCRIBE, "", 4, certain=False)])
    first, second, third, nobody = (str(event.pk) for event in ReturnedEvent.objects.order_by("pk"))
    listed = run(cli, ["returns", "unproven", "list"]).output
    assert listed.count("ida@inbox.example") == 3
    assert "nothing" in listed
    assert "… and 3 more." in run(cli, ["returns", "unproven", "list", "--limit", "1"]).output
    event = forge()
    shown = run(cli, ["returns", "unproven", "show", str(event.pk)]).output
    assert 'From:        "Mallory <b>" <mallory@evil.example>' in shown
    assert "Take me off." in shown
    assert isinstance(run(cli, ["returns", "unproven", "act-on", first]).exception, ConfirmationNeeded)
    result = run(cli, ["returns", "unproven", "act-on", first, second, nobody, "--yes"])
    assert result.exit_code == 1
    assert result.output.count("complaint of ida@inbox.example: acted on.") == 2
    assert f"Event {nobody}: It does not say whom it is about" in result.output
    assert Suppression.objects.count() == 1
    result = run(cli, ["returns", "unproven", "ignore", third, nobody, str(event.pk), "--json"])
    assert json.loads(result.output) == {"decided": [int(third), int(nobody), event.pk], "problems": []}
    assert "Nothing waits" in run(cli, ["returns", "unproven", "list"]).output
    assert isinstance(run(cli, ["returns", "unproven", "show", "999999"]).exception, BadInput)


def test_what_came_in_is_told_to_its_writer_and_erased_with_them() -> None:
    forge("ida")
    told = stored_data("ida@evil.example")["followed and returned"]
    assert told["returned"][0]["mail"]["sender"] == "ida@evil.example"
    take_in([came_back(Kind.COMPLAINT, "ida@inbox.example", certain=False, mail={"sender": "Mallory@evil.example"})])
    written = stored_data("mallory@evil.example")["followed and returned"]["written"]
    assert [entry["mail"] for entry in written] == [{"sender": "Mallory@evil.example"}]
    erase("mallory@evil.example")
    erase("ida@evil.example")
    kept = list(ReturnedEvent.objects.order_by("pk").values_list("email", "mail"))
    assert kept == [("", {}), ("ida@inbox.example", {})]


def test_only_editors_undo(client: Client) -> None:
    for path in ("/desk/returns/undo/", "/desk/returns/decide/"):
        assert client.post(path).status_code == 302


def test_sources_and_mailings_are_offered_by_name(queue: Callable[[int], Dispatch], editor: Client) -> None:
    dispatch = queue(2)
    world.work(dispatch)
    page = html(editor.get("/desk/returns/undo/"))
    assert '<option value="text">text: bounces in plain words</option>' in page
    assert '<option value="postmark">postmark: the provider Postmark</option>' in page
    assert f'<option value="{dispatch.pk}">{dispatch.pk}: What the fog horn knows, Readers</option>' in page
    page = html(editor.get(f"/desk/returns/undo/?dispatch={dispatch.pk}"))
    assert f'<option value="{dispatch.pk}" selected>' in page
    assert '<option value="77" selected>Dispatch 77</option>' in html(editor.get("/desk/returns/undo/?dispatch=77"))


def test_chosen_suppressions_are_lifted_together(editor: Client) -> None:
    rows = [Suppression.objects.create(email=f"gone{number}@inbox.example", reason="manual") for number in range(3)]
    spam = Suppression.objects.create(email="angry@inbox.example", reason="complaint")
    address = "/desk/returns/suppressed/chosen/"
    refused = editor.post(address)
    assert refused.status_code == 422
    assert errors(refused) == ["Choose addresses first."]
    ids = [row.pk for row in (*rows[:2], spam)]
    refused = editor.post(address, {"suppression": ids})
    assert refused.status_code == 422
    assert "this is spam" in errors(refused)[0]
    assert html(refused).count("checked form=") == 3
    assert Suppression.objects.count() == 4
    assert "3 addresses can get mail again" in said(editor.post(address, {"suppression": ids, "complaints": "on"}))
    assert Suppression.objects.get().email == rows[2].email
    record = Reversal.objects.get()
    assert (record.actor, record.suppressions, record.words) == ("mina", 3, "3 chosen addresses")


def test_what_is_looked_for_stays_when_suppressions_are_lifted(editor: Client) -> None:
    rows = [Suppression.objects.create(email=f"gone{number}@inbox.example", reason="complaint") for number in range(2)]
    page = html(editor.get("/desk/returns/suppressed/?find=gone1@inbox.example"))
    assert 'action="/desk/returns/suppressed/chosen/?find=gone1%40inbox.example"' in page
    address = "/desk/returns/suppressed/chosen/?find=gone1%40inbox.example"
    again = html(editor.post(address, {"suppression": [rows[1].pk]}))
    assert 'value="gone1@inbox.example"' in again
    assert "gone0@" not in again
    for path in (address, f"/desk/returns/suppressed/{rows[0].pk}/lift/?find=gone1%40inbox.example"):
        answer = editor.post(path, {"suppression": [rows[1].pk], "complaints": "on"})
        assert answer.headers["Location"] == "/desk/returns/suppressed/?find=gone1%40inbox.example"


def test_suppressions_of_a_domain_are_lifted_after_a_look(editor: Client) -> None:
    for name, reason in (("a", "manual"), ("b", "hard bounce"), ("c", "manual")):
        Suppression.objects.create(email=f"{name}@wide.example", reason=reason)
    Suppression.objects.create(email="d@other.example", reason="manual")
    address = "/desk/returns/suppressed/many/"
    assert "Say what to undo" in html(editor.get(address, {"domain": "", "reason": ""}))
    page = html(editor.get(address, {"domain": "wide.example", "reason": "manual"}))
    assert "2 addresses would get mail again" in page
    assert Suppression.objects.count() == 4
    editor.post(address, {"domain": "wide.example", "reason": "manual"})
    assert set(Suppression.objects.values_list("email", flat=True)) == {"b@wide.example", "d@other.example"}
