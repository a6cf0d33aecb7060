"""The calendar: what goes out when, moving it, and the slots of channels."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from distributor.audience.models import MailingList
from distributor.delivery import actions, moves
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.queue import queue_letter
from distributor.delivery.variants import channel_settings_store
from distributor.desk import calendar_cells
from distributor.domain.errors import BadInput, BadTime, ConfirmationNeeded, StateError
from distributor.domain.letters import Draft
from distributor.insights.models import Open
from distributor.letters.models import Letter, Publication
from distributor.practice.networks import ACCOUNTS
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.desk import errors, html, said

pytestmark = pytest.mark.django_db(transaction=True)

SEOUL = ZoneInfo("Asia/Seoul")
CHANNELS = ("link", "twitter", "facebook", "bluesky", "mastodon")


@pytest.fixture
def publication() -> Publication:
    brand = world.make_publication()
    brand.time_zone = "Asia/Seoul"
    brand.save()
    return brand


def make_letter(publication: Publication, title: str = "What the fog horn knows") -> Letter:
    return world.make_letter(
        Draft(
            source=f"https://lantern.example/{title}",
            title=title,
            body_html="<p>It is back.</p>",
            body_text="It is back.",
        ),
        publication,
    )


@pytest.fixture
def letter(publication: Publication) -> Letter:
    for account in ACCOUNTS:
        if account.channel in CHANNELS:
            accounts.connect(publication, account.channel, account.name, account.values, practice=True)
    return make_letter(publication)


def seoul(days: int, hour: int, minute: int = 0) -> datetime:
    """A time in so many days on the clock of Seoul."""
    day = timezone.now().astimezone(SEOUL) + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def plan_letter(letter: Letter, at: datetime, *channels: str) -> list[Dispatch]:
    return list(queue_letter(letter, at=at, channels=channels or CHANNELS, approve=False).dispatches)


def form_of(page: str) -> dict[str, str]:
    """What the form for another time would send, as the page shows it."""
    values = dict(re.findall(r'<input[^>]* name="([a-z]+)"[^>]* value="([^"]*)"', page))
    scopes = re.findall(r'name="scope" value="(\w+)" checked', page)
    folds = re.findall(r'name="fold" value="(\d)" checked', page)
    picked = dict(re.findall(r'id="id_(day|clock)"[^>]* value="([^"]*)"', page))
    return {**values, **picked, **({"scope": scopes[0]} if scopes else {}), **({"fold": folds[0]} if folds else {})}


# Moving


def test_all_channels_of_a_letter_move_together_and_stay_as_far_apart(letter: Letter) -> None:
    letter.publication.minutes_between_channels = 10
    letter.publication.save()
    dispatches = plan_letter(letter, seoul(2, 9))
    before = [dispatch.due_at for dispatch in dispatches]
    result = moves.move(dispatches[2].pk, before[2] + timedelta(days=3), role="editor", whole=True)
    assert len(result.dispatches) == 5
    for dispatch, was in zip(dispatches, before, strict=True):
        dispatch.refresh_from_db()
        assert dispatch.due_at - was == timedelta(days=3)
        assert dispatch.state == "draft"


def test_one_channel_moves_alone(letter: Letter) -> None:
    link, twitter, *others = plan_letter(letter, seoul(2, 9))
    moves.move(twitter.pk, seoul(4, 18), role="editor", whole=False)
    twitter.refresh_from_db()
    assert twitter.due_at == seoul(4, 18)
    for dispatch in (link, *others):
        dispatch.refresh_from_db()
        assert dispatch.due_at == seoul(2, 9)


def test_what_a_time_would_do_is_said_before_anything_moves(letter: Letter) -> None:
    brand = letter.publication
    brand.quiet_from, brand.quiet_until = time(22), time(7)
    brand.save()
    link, twitter = plan_letter(letter, seoul(2, 9), "link", "twitter")
    other = plan_letter(make_letter(brand, "The other one"), seoul(5, 12, 20), "twitter")[0]
    quiet = moves.plan(twitter, seoul(3, 23), whole=False)
    assert "23:00 KST is in the quiet hours (22:00 to 07:00)" in quiet.question
    clash = moves.plan(twitter, seoul(5, 12), whole=False)
    assert "“The other one” goes out there at" in clash.question
    assert "20 minutes apart" in clash.question
    early = moves.plan(twitter, seoul(1, 9), whole=False)
    assert "It waits for the letter’s page" in early.question
    assert early.moves[0].after == link.due_at
    assert moves.plan(twitter, seoul(1, 9), whole=True).question == ""
    with pytest.raises(ConfirmationNeeded):
        moves.move(twitter.pk, seoul(5, 12), role="editor", whole=False)
    twitter.refresh_from_db()
    assert twitter.due_at == seoul(2, 9)
    moves.move(twitter.pk, seoul(5, 12), role="editor", whole=False, confirmed=True)
    assert other.due_at == seoul(5, 12, 20)


def test_a_time_that_has_passed_moves_nothing(letter: Letter) -> None:
    letter.publication.minutes_between_channels = 60
    letter.publication.save()
    link, *_, last = plan_letter(letter, seoul(2, 9))
    for at in (timezone.now() - timedelta(hours=2), timezone.now() + timedelta(minutes=10)):
        with pytest.raises(BadTime, match=r"passed|in the past"):
            moves.move(last.pk, at, role="editor", whole=True)
    link.refresh_from_db()
    assert link.due_at == seoul(2, 9)


def test_whoever_moved_it_in_the_meantime_is_not_overruled(letter: Letter) -> None:
    (twitter,) = plan_letter(letter, seoul(2, 9), "twitter")
    moves.move(twitter.pk, seoul(3, 9), role="editor", whole=False)
    with pytest.raises(BadInput, match="Somebody has moved it in the meantime"):
        moves.move(twitter.pk, seoul(4, 9), role="editor", whole=False, seen_at=seoul(2, 9))


def test_what_is_out_stays_where_it_is(letter: Letter) -> None:
    link, twitter = plan_letter(letter, seoul(2, 9), "link", "twitter")
    Dispatch.objects.filter(pk=link.pk).update(state="sent", released_at=timezone.now())
    link.refresh_from_db()
    with pytest.raises(StateError):
        moves.move(link.pk, seoul(3, 9), role="editor", whole=True)
    moves.move(twitter.pk, seoul(3, 9), role="editor", whole=True)
    link.refresh_from_db()
    assert link.due_at == seoul(2, 9)


# Slots


def test_the_next_slot_is_the_first_one_that_no_other_letter_has(letter: Letter) -> None:
    brand = letter.publication
    channel_settings_store.store(brand, "twitter", {"slots": "daily 12:00"})
    brand.refresh_from_db()
    first = queue_letter(letter, channels=["twitter"], approve=False, next_slot=True).dispatches[0]
    assert first.due_at.astimezone(SEOUL).strftime("%H:%M") == "12:00"
    other_letter = make_letter(brand, "The other one")
    second = queue_letter(other_letter, channels=["twitter"], approve=False, next_slot=True).dispatches[0]
    assert second.due_at - first.due_at == timedelta(days=1)
    moves.move(second.pk, second.due_at + timedelta(hours=3), role="editor", whole=False)
    result = actions.perform("next-slot", second.pk, role="editor")
    assert result.dispatch.due_at == second.due_at
    assert "It has another time" in result.sentence


def test_channels_without_slots_go_out_with_the_first_that_has_one(letter: Letter) -> None:
    brand = letter.publication
    channel_settings_store.store(brand, "twitter", {"slots": "daily 23:30"})
    channel_settings_store.store(brand, "bluesky", {"slots": "daily 23:50"})
    letter.refresh_from_db()
    times = {
        dispatch.channel: dispatch.due_at.astimezone(SEOUL)
        for dispatch in queue_letter(letter, channels=CHANNELS, approve=False, next_slot=True).dispatches
    }
    assert f"{times['twitter']:%H:%M}" == "23:30"
    assert f"{times['bluesky']:%H:%M}" == "23:50"
    assert times["link"] == times["facebook"] == min(times.values())


def test_without_slots_there_is_no_next_one(letter: Letter) -> None:
    with pytest.raises(BadInput, match="None of these channels has slots"):
        queue_letter(letter, channels=["twitter"], next_slot=True)
    with pytest.raises(BadInput, match="not both"):
        queue_letter(letter, channels=["twitter"], next_slot=True, at=seoul(2, 9))
    (twitter,) = plan_letter(letter, seoul(2, 9), "twitter")
    assert "next-slot" not in [offer.action.name for offer in actions.offers(twitter, role="editor")]
    with pytest.raises(StateError, match="has no slots"):
        actions.perform("next-slot", twitter.pk, role="editor")
    assert not Dispatch.objects.exclude(pk=twitter.pk).exists()


def test_slots_are_set_in_a_grid_of_channels_and_days(publication: Publication, editor: Client) -> None:
    page = html(editor.get("/desk/slots/"))
    names = re.findall(r'name="(slots-[^"]+)"', page)
    assert "slots-twitter-0" in names
    values = dict.fromkeys(names, "")
    wrong = editor.post("/desk/slots/lantern/", {**values, "slots-twitter-0": "nine", "slots-mail-2": "8:00"})
    assert wrong.status_code == 422
    assert "Write times of day, such as 09:00 18:30." in html(wrong)
    assert 'value="nine"' in html(wrong)
    right = editor.post("/desk/slots/lantern/", {**values, "slots-twitter-0": "18:30, 9:00", "slots-mail-2": "8am"})
    assert "Saved: " in said(right)
    publication.refresh_from_db()
    assert publication.channel_options["twitter"]["slots"] == "Mon 09:00 18:30"
    assert publication.channel_options["mail"]["slots"] == "Wed 08:00"
    assert 'value="09:00 18:30"' in html(editor.get("/desk/slots/lantern/"))
    assert "Nothing has changed" in said(
        editor.post("/desk/slots/lantern/", {**values, "slots-twitter-0": "09:00 18:30", "slots-mail-2": "08:00"})
    )
    editor.post("/desk/slots/lantern/", values)
    publication.refresh_from_db()
    assert "slots" not in publication.channel_options.get("twitter", {})


def queue(editor: Client, letter: Letter, **values: str) -> tuple[int, str]:
    response = editor.post(f"/desk/letters/{letter.pk}/queue/", {"channels": ["twitter"], "draft": "yes", **values})
    return response.status_code, html(response)


def test_a_letter_is_queued_for_a_picked_time_or_the_next_slot(letter: Letter, editor: Client) -> None:
    day = seoul(3, 9)
    for values, sentence in (
        ({"day": f"{day:%Y-%m-%d}"}, "Choose a time too."),
        ({"clock": "09:00"}, "Choose a day too."),
        ({"day": "2020-01-01", "clock": "09:00"}, "has passed"),
        ({"day": "9999-12-31", "clock": "23:00"}, "years"),
        ({"day": "soon", "clock": "09:00"}, "Give a day, such as 2026-12-01."),
        ({"day": f"{day:%Y-%m-%d}", "clock": "09:00", "when": "tomorrow 9:00"}, "That is more than one time"),
        ({"next_slot": "yes", "when": "tomorrow 9:00"}, "That is more than one time"),
        ({"next_slot": "yes"}, "None of these channels has slots"),
    ):
        status, page = queue(editor, letter, **values)
        assert status == 422, values
        assert sentence in page
    assert queue(editor, letter, day=f"{day:%Y-%m-%d}", clock="09:00")[0] == 302
    assert letter.dispatches.get().due_at == day
    channel_settings_store.store(letter.publication, "twitter", {"slots": "daily 12:00"})
    other_letter = make_letter(letter.publication, "The other one")
    assert "Next free slot of each channel" in html(editor.get(f"/desk/letters/{other_letter.pk}/"))
    assert queue(editor, other_letter, next_slot="yes")[0] == 302
    assert other_letter.dispatches.get().due_at.astimezone(SEOUL).time() == time(12)


# The desk


def test_five_channels_move_by_one_form(letter: Letter, editor: Client) -> None:
    dispatches = plan_letter(letter, seoul(2, 9))
    redirected = editor.get(f"/desk/letters/{letter.pk}/when/")
    address = redirected.headers["Location"]
    page = html(editor.get(address))
    assert "Asia/Seoul" in page
    assert "All 5 channels of the letter" in page
    target = seoul(6, 14, 30)
    values = {**form_of(page), "day": f"{target:%Y-%m-%d}", "clock": "14:30"}
    response = editor.post(address, values)
    assert response.headers["Location"] == f"/desk/letters/{letter.pk}/"
    for dispatch in dispatches:
        dispatch.refresh_from_db()
        assert dispatch.due_at == target


def test_a_form_whose_warnings_nobody_saw_asks_first(letter: Letter, editor: Client) -> None:
    brand = letter.publication
    brand.quiet_from, brand.quiet_until = time(22), time(7)
    brand.save()
    (twitter,) = plan_letter(letter, seoul(2, 9), "twitter")
    address, target = f"/desk/dispatches/{twitter.pk}/when/", seoul(3, 5)
    values = {**form_of(html(editor.get(address))), "day": f"{target:%Y-%m-%d}", "clock": "05:00"}
    asked = editor.post(address, values)
    assert asked.status_code == 422
    assert "is in the quiet hours" in html(asked)
    assert "Move all the same" in html(asked)
    twitter.refresh_from_db()
    assert twitter.due_at == seoul(2, 9)
    assert editor.post(address, form_of(html(asked))).status_code == 302
    twitter.refresh_from_db()
    assert (twitter.due_at, twitter.at_any_hour) == (target, True)


def test_what_was_picked_is_kept_beside_a_mistake(letter: Letter, editor: Client) -> None:
    (twitter,) = plan_letter(letter, seoul(2, 9), "twitter")
    address = f"/desk/dispatches/{twitter.pk}/when/"
    values = form_of(html(editor.get(address)))
    for changes, sentence in (
        ({"day": "soon"}, "Give a day, such as 2026-12-01."),
        ({"day": ""}, "Choose a day."),
        ({"clock": "nine"}, "Give a time of day, such as 09:00."),
        ({"day": "0001-01-01"}, "Choose a day of a year that calendars have."),
    ):
        response = editor.post(address, {**values, **changes})
        assert response.status_code == 422
        assert sentence in errors(response)
        assert all(f'value="{text}"' in html(response) for text in changes.values() if text)
    past = editor.post(address, {**values, "day": "2020-01-01"})
    assert "That time has passed" in html(past)
    assert "load the page again" in html(editor.post(address, {**values, "seen": ""}))


def test_a_time_that_comes_twice_can_be_either(letter: Letter, editor: Client) -> None:
    brand = letter.publication
    brand.time_zone = "America/New_York"
    brand.save()
    (twitter,) = plan_letter(letter, timezone.now() + timedelta(days=1), "twitter")
    year = timezone.now().year + 1
    day = next(day for number in range(1, 8) if (day := date(year, 11, number)).weekday() == 6)
    address = f"/desk/dispatches/{twitter.pk}/when/"
    page = html(editor.get(address, {"day": day.isoformat(), "clock": "01:30", "fold": "1"}))
    assert "01:30 EDT" in page
    assert "01:30 EST" in page
    editor.post(address, form_of(page))
    twitter.refresh_from_db()
    assert twitter.due_at == datetime(day.year, day.month, day.day, 6, 30, tzinfo=UTC)


def test_the_calendar_shows_what_goes_out_with_its_zone(letter: Letter, editor: Client) -> None:
    dispatches = plan_letter(letter, seoul(2, 9))
    day = seoul(2, 9).date()
    for view in ("month", "week", "list"):
        page = html(editor.get("/desk/calendar/", {"view": view, "day": day.isoformat()}))
        assert "09:00 KST" in page
        assert "All times are in Asia/Seoul (KST)" in page
        assert page.count('class="entry-title"') == 1, view
        assert f'data-move="/desk/dispatches/{dispatches[0].pk}/when/"' in page
        assert "X (Twitter): draft" in page
    only = html(editor.get("/desk/calendar/lantern/", {"day": day.isoformat(), "channel": "mail"}))
    assert "entry-title" not in only
    moves.move(dispatches[1].pk, seoul(2, 15), role="editor", whole=False)
    week = html(editor.get("/desk/calendar/", {"view": "week", "day": day.isoformat()}))
    assert week.count('class="entry-title"') == 2
    assert "15:00 KST" in week


def test_a_zone_is_named_with_what_its_clocks_are_called() -> None:
    march = (datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))
    assert calendar_cells.zone_text("America/New_York", *march) == "America/New_York (EST, EDT)"
    assert calendar_cells.zone_text("UTC", *march) == "UTC"


def test_days_on_which_the_clocks_are_set_have_the_hours_that_they_have(
    publication: Publication, editor: Client
) -> None:
    publication.time_zone = "America/New_York"
    publication.save()
    autumn = html(editor.get("/desk/calendar/", {"view": "week", "day": "2026-11-01"}))
    assert "25 hours: the clocks are set" in autumn
    assert "01:00 again" in autumn
    assert "America/New_York (EDT, EST)" in autumn
    assert autumn.count('data-day="2026-11-01"') == 25
    assert autumn.count('data-day="2026-10-31"') == 24
    spring = html(editor.get("/desk/calendar/", {"view": "week", "day": "2026-03-08"}))
    assert "23 hours: the clocks are set" in spring
    assert spring.count('data-day="2026-03-08"') == 23
    assert spring.count("There is no such hour on this day") == 1


def test_a_cell_of_the_grid_is_a_time(letter: Letter, editor: Client) -> None:
    (twitter,) = plan_letter(letter, seoul(2, 9, 15), "twitter")
    day = seoul(5, 9).date().isoformat()
    address = f"/desk/dispatches/{twitter.pk}/when/"
    for cell, clock in (({"day": day}, "09:15"), ({"day": day, "hour": "17", "fold": "0"}, "17:15")):
        values = form_of(html(editor.get(address, {**cell, "view": "week"}, headers={"X-Requested-With": "fetch"})))
        assert (values["day"], values["clock"]) == (day, clock)
        assert values["view"] == "week"
    response = editor.post(address, values)
    assert response.headers["Location"] == f"/desk/calendar/lantern/?view=week&day={day}"


def test_free_slots_stand_in_the_week(publication: Publication, letter: Letter, editor: Client) -> None:
    channel_settings_store.store(publication, "twitter", {"slots": "daily 12:00"})
    day = seoul(8, 12).date().isoformat()
    before = html(editor.get("/desk/calendar/", {"view": "week", "day": day})).count("12:00 KST free slot")
    assert before == 7
    plan_letter(letter, seoul(8, 12), "twitter")
    assert html(editor.get("/desk/calendar/", {"view": "week", "day": day})).count("12:00 KST free slot") == 6


@pytest.mark.parametrize(
    "query", ["view=year", "day=tomorrow", "day=2026-13-01", "day=0001-01-01", "day=9999-12-31", "day=%00"]
)
def test_addresses_of_no_calendar_are_not_there(query: str, publication: Publication, editor: Client) -> None:
    assert editor.get(f"/desk/calendar/?{query}").status_code == 404
    assert editor.get("/desk/calendar/harbor/").status_code == 404


def test_a_calendar_costs_the_same_however_full_it_is(
    letter: Letter, editor: Client, django_assert_max_num_queries: object
) -> None:
    def queries() -> int:
        from django.db import connection  # noqa: PLC0415
        from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

        total = 0
        for view in ("month", "week", "list"):
            with CaptureQueriesContext(connection) as captured:
                editor.get("/desk/calendar/", {"view": view})
            total += len(captured)
        return total

    plan_letter(letter, seoul(1, 9))
    few = queries()
    for number in range(12):
        plan_letter(make_letter(letter.publication, f"Letter {number}"), seoul(1, 9 + number))
    assert queries() == few


def with_links(dispatch: Dispatch) -> dict[str, Any]:
    """Return its variant as that of a mail whose links are counted."""
    assert dispatch.variant is not None
    return {**dispatch.variant, "data": {**dispatch.variant["data"], "links": ["https://lantern.example/fog"]}}


def test_the_best_hour_comes_with_its_evidence(
    publication: Publication, editor: Client, mail_channel: ScriptedChannel
) -> None:
    page = html(editor.get("/desk/best-hour/lantern/"))
    assert "Too few mailings say which hour is best: 0 of the last 180 days" in page
    readers: MailingList = world.make_list(publication, 4)
    world.connect(publication, mail_channel.name)
    for number in range(8):
        (dispatch,) = world.queue(make_letter(publication, f"Letter {number}"), mail_channel.name, lists=[readers])
        world.work(dispatch)
        at = seoul(-10 - number, 7 if number % 2 else 20)
        Dispatch.objects.filter(pk=dispatch.pk).update(released_at=at)
        for subscriber in range(3 if number % 2 else 1 if number else 0):  # nobody opened the first: it counts, too
            Open.objects.create(dispatch_id=dispatch.pk, subscriber_id=subscriber, at=at)
        Dispatch.objects.filter(pk=dispatch.pk).update(variant=with_links(dispatch))
    untracked = make_letter(publication, "What nobody counted")  # says nothing
    (dispatch,) = world.queue(untracked, mail_channel.name, lists=[readers])
    world.work(dispatch)
    page = html(editor.get("/desk/best-hour/lantern/"))
    assert "Mailings at 07:00 (Asia/Seoul) were opened most: 75% of their readers, against 47% of all" in page
    assert "by 4 of 8 mailings" in page
