"""A mailing's results as an editor looks at them: while it goes out, and after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from distributor.channels.base import Options
from distributor.channels.mail.adapter import MailChannel
from distributor.delivery.models import Batch, Dispatch
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Rejected
from distributor.domain.recipients import Recipient
from distributor.insights.models import Click, Open
from distributor.letters.models import Publication
from tests.browser.accessibility import violations
from tests.integration import world
from tests.integration.conftest import ScriptedChannel

Opener = Callable[..., Page]
SETTINGS: dict[str, dict[str, Any]] = {
    "wide": {},
    "phone": {"viewport": {"width": 375, "height": 800}},
    "dark": {"color_scheme": "dark"},
}


def answer(recipient: Recipient | None) -> Outcome:
    name = recipient.email.partition("@")[0] if recipient is not None else ""
    if name == "reader1":
        return Rejected("Blocked for a policy that is long enough to be broken over several lines.", code="5.7.1")
    return Deferred("Busy.", code="4.3.2") if name == "reader2" else Accepted(Receipt("1"))


@pytest.fixture
def mailing(publication: Publication, draft: Draft, mail_channel: ScriptedChannel) -> Dispatch:
    """A mailing that is under way, and was opened."""
    world.connect(publication, mail_channel.name)
    letter = world.make_letter(draft, publication)
    mail_channel.answer = answer
    (dispatch,) = world.queue(letter, mail_channel.name, lists=[world.make_list(publication, 30)])
    world.work(dispatch)
    view = letter.view(site_url="https://letters.example", url="https://letters.example/fog")
    dispatch.variant = MailChannel().compose(view, Options()).to_json()
    dispatch.save(update_fields=["variant"])
    now = timezone.now()
    for hour in range(10):
        at = now + timedelta(hours=hour)
        Open.objects.create(dispatch_id=dispatch.pk, subscriber_id=world.reader(5 + hour).pk, at=at)
    Click.objects.create(dispatch_id=dispatch.pk, subscriber_id=world.reader(5).pk, link=0, at=now)
    return dispatch


def finish(mailing: Dispatch) -> None:
    Batch.objects.update(state="done")
    Dispatch.objects.filter(pk=mailing.pk).update(state="partly", finished_at=timezone.now())


@pytest.mark.parametrize("scripts", [True, False])
def test_it_is_paused_and_sent_again_under_another_subject(logged_in: Opener, mailing: Dispatch, scripts: bool) -> None:
    page = logged_in(java_script_enabled=scripts)
    page.goto(f"/desk/dispatches/{mailing.pk}/")
    going = page.get_by_role("region", name="Going out")
    expect(going).to_contain_text("28 of 30 accepted")
    expect(going).to_contain_text("of these 1 put off")
    going.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused by mina.")).to_be_visible()
    finish(mailing)
    page.goto(f"/desk/dispatches/{mailing.pk}/")
    page.get_by_role("link", name="Send to who has not opened").click()
    page.get_by_label("Subject").fill("In case you missed it")
    page.get_by_label("Subject").press("Enter")
    assert not mailing.resendings.exists()  # Enter asks
    page.get_by_role("button", name="Send to 18 people").click()
    expect(page.get_by_text("sends it to those who have not opened it")).to_be_visible()
    assert Dispatch.objects.get(resend_of=mailing).subject == "In case you missed it"


@pytest.mark.parametrize("setting", SETTINGS)
def test_axe_has_nothing_to_say(logged_in: Opener, mailing: Dispatch, setting: str) -> None:
    page = logged_in(**SETTINGS[setting])
    problems = {}
    root = f"/desk/dispatches/{mailing.pk}/"

    def look(name: str, path: str) -> None:
        page.goto(path)
        problems[name] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name

    look("going out", root)
    look("who received it", f"{root}recipients/")
    finish(mailing)
    look("after", root)
    page.get_by_text("The same as a table").click()
    problems["the table"] = violations(page)
    look("who has not opened", f"{root}resend-unopened/")
    look("a subject that can't be", f"{root}resend-unopened/?subject={'x' * 201}")
    look("the question", f"{root}resend-unopened/?subject=Again")
    look("nobody", f"{root}recipients/?q=xyzzy")
    assert {name: rows for name, rows in problems.items() if rows} == {}
