"""A letter's review: what comes of a choice in exact figures, variants edited in place, and one yes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from distributor.audience.models import MailingList, Suppression
from distributor.channels.mail.smtp import keeper
from distributor.delivery import overrides, preflight
from distributor.delivery import review as reviews
from distributor.delivery.accounts import accounts
from distributor.delivery.mail import transactional
from distributor.delivery.models import Account, Dispatch, TransactionalMail
from distributor.delivery.planning.queue import queue_letter
from distributor.delivery.review import Choice
from distributor.domain.errors import BadInput, ConfirmationNeeded, NotPermitted, StateError
from distributor.domain.letters import Draft
from distributor.domain.roles import Actor
from distributor.letters.models import Letter, Publication
from distributor.practice.networks import ACCOUNTS
from tests.contract.scripted_smtp import scripted, url_of
from tests.integration import world
from tests.integration.desk import errors, html, said

pytestmark = pytest.mark.django_db(transaction=True)

MINA = Actor("editor", "mina")
CHANNELS = ("link", "twitter", "facebook", "bluesky", "mail")


@pytest.fixture
def publication() -> Publication:
    brand = world.make_publication()
    brand.time_zone, brand.hold_minutes = "Asia/Seoul", 10
    brand.save()
    return brand


@pytest.fixture
def letter(publication: Publication) -> Letter:
    for account in ACCOUNTS:
        if account.channel in CHANNELS:
            accounts.connect(publication, account.channel, account.name, account.values, practice=True)
    draft = Draft(
        source="https://lantern.example/fog",
        title="What the fog horn knows",
        body_html="<p>The horn is back, and it is louder than it ever was.</p>",
        body_text="The horn is back, and it is louder than it ever was.",
        share_bar=CHANNELS,
    )
    return world.make_letter(draft, publication)


@pytest.fixture
def readers(publication: Publication) -> MailingList:
    return world.make_list(publication, 12)


def approve(letter: Letter, choice: Choice) -> list[Dispatch]:
    agreement = reviews.plan(letter, choice).agreement
    return list(reviews.approve(letter, choice, by=MINA, agreement=agreement))


def test_the_plan_says_in_exact_figures_what_a_yes_does_and_the_yes_does_it(
    letter: Letter, readers: MailingList
) -> None:
    Suppression.objects.create(email="reader3@inbox.example", reason="bounced")
    at = timezone.now() + timedelta(days=1)
    choice = Choice(CHANNELS, (readers,), at=at)
    plan = reviews.plan(letter, choice)
    assert (plan.people, plan.posts, plan.with_page) == (11, 3, True)
    assert not Dispatch.objects.exists()
    dispatches = approve(letter, choice)
    assert {(row.channel, row.state) for row in dispatches} == {(name, "held") for name in CHANNELS}
    assert [row.due_at for row in dispatches] == [at] * 5
    page = next(row for row in dispatches if row.channel == "link")
    assert {row.waits_for_id for row in dispatches} == {None, page.pk}
    assert reviews.plan(letter, choice).steps == ()
    with pytest.raises(BadInput, match="left to approve"):
        approve(letter, choice)


def test_drafts_that_are_there_get_what_was_chosen(letter: Letter, readers: MailingList) -> None:
    others = world.make_list(letter.publication, 3, slug="others", first=50)
    reviews.edit(letter, "twitter", {"text": "The horn is back."}, by="mina")
    (mail,) = queue_letter(letter, channels=["mail"], lists=[others], approve=False).dispatches
    at = timezone.now() + timedelta(hours=5)
    rows = {row.channel: row for row in approve(letter, Choice(CHANNELS, (readers,), at=at, hold_minutes=20))}
    assert {name: (row.state, row.due_at, row.hold_minutes) for name, row in rows.items()} == dict.fromkeys(
        CHANNELS, ("held", at, 20)
    )
    assert rows["mail"].pk == mail.pk
    assert list(rows["mail"].lists.all()) == [readers]
    assert Dispatch.objects.count() == 5
    variant = Dispatch.objects.get(channel="twitter").approved_variant
    assert variant is not None
    assert variant["parts"][0].startswith("The horn is back.")
    assert {row.waits_for_id for row in rows.values()} == {None, rows["link"].pk}


def test_what_changed_since_the_page_was_shown_is_shown_again(letter: Letter, readers: MailingList) -> None:
    choice = Choice(CHANNELS, (readers,))
    agreement = reviews.plan(letter, choice).agreement
    reviews.edit(letter, "twitter", {"text": "Another text."}, by="jun")
    with pytest.raises(ConfirmationNeeded):
        reviews.approve(letter, choice, by=MINA, agreement=agreement)
    agreement = reviews.plan(letter, choice).agreement
    world.make_list(letter.publication, 1, slug="more")
    with pytest.raises(ConfirmationNeeded):
        reviews.approve(letter, Choice(("link", "twitter")), by=MINA, agreement=agreement)
    with pytest.raises(NotPermitted):
        reviews.approve(letter, choice, by=Actor("writer", "jun"), agreement=agreement)
    assert Dispatch.objects.get().state == "draft"
    reviews.approve(letter, choice, by=MINA, agreement=agreement)


def test_nothing_is_approved_where_one_variant_is_refused(letter: Letter, readers: MailingList) -> None:
    letter.publication.sender_email = ""
    letter.publication.save()
    with pytest.raises(BadInput, match="no sender address"):
        approve(letter, Choice(CHANNELS, (readers,)))
    assert not Dispatch.objects.exists()


def test_four_eyes_hold_here_too(letter: Letter) -> None:
    letter.publication.four_eyes = True
    letter.publication.save()
    reviews.edit(letter, "twitter", {"text": "Mine."}, by="mina")
    with pytest.raises(NotPermitted, match="you edited this variant"):
        approve(letter, Choice(("link", "twitter")))
    assert Dispatch.objects.get().state == "draft"


def test_a_letter_of_that_title_that_is_out_is_told(letter: Letter) -> None:
    before = world.make_letter(
        Draft(source="https://lantern.example/1", title=letter.title, body_html="<p>Older.</p>", body_text="Older."),
        letter.publication,
    )
    assert not any("went out before" in entry.concern.message for entry in preflight.of_letter(letter))
    queue_letter(before, channels=["twitter"])
    Dispatch.objects.update(state="sent", released_at=timezone.now())
    (concern,) = [entry.concern for entry in preflight.of_letter(letter) if "before" in entry.concern.message]
    assert (f"L{before.pk}" in concern.message, concern.level) == (True, "warning")


def test_what_has_no_account_waits_and_is_not_counted(letter: Letter) -> None:
    choice = Choice(("twitter", "mastodon"))
    plan = reviews.plan(letter, choice)
    assert (plan.posts, [step.problem for step in plan.steps]) == (1, ["", "No Mastodon account is connected."])
    blocked = next(row for row in approve(letter, choice) if row.channel == "mastodon")
    assert (blocked.state, blocked.approved_at is None) == ("blocked", False)


def test_what_is_out_can_not_be_edited(letter: Letter) -> None:
    queue_letter(letter, channels=["twitter"])
    Dispatch.objects.update(state="sent")
    with pytest.raises(StateError):
        reviews.edit(letter, "twitter", {"text": "Too late."}, by="mina")


# The page


def form_of(page: str, **values: object) -> dict[str, object]:
    agreed = re.search(r'name="agreed" value="([^"]*)"', page)
    return {**values, "agreed": agreed[1] if agreed else "", "do": "approve"}


def test_the_page_says_it_in_one_sentence_and_one_press_approves(
    letter: Letter, readers: MailingList, editor: Client
) -> None:
    path = f"/desk/letters/{letter.pk}/review/"
    first = html(editor.get(path))
    assert "What the fog horn knows" in first
    assert 'name="agreed"' not in first
    at = timezone.now().astimezone() + timedelta(days=1)
    values = {"channels": CHANNELS, "lists": [readers.pk], "when": at.isoformat(timespec="minutes")}
    shown = html(editor.post(path, values))
    assert "<strong>Mail to 12 readers, 3 posts, and the letter’s page</strong>, tomorrow" in shown
    assert "Can be taken back until" in shown
    answer = editor.post(path, form_of(shown, **values))
    assert answer.headers["Location"] == f"/desk/letters/{letter.pk}/"
    assert "Approved. Mail to 12 readers, 3 posts, and the letter’s page." in said(answer)
    assert set(Dispatch.objects.values_list("state", flat=True)) == {"held"}


def test_a_yes_to_something_else_is_asked_again_and_a_mistake_said_beside_its_field(
    letter: Letter, readers: MailingList, editor: Client
) -> None:
    path = f"/desk/letters/{letter.pk}/review/"
    values: dict[str, object] = {"channels": ["link", "twitter"], "do": "approve", "agreed": "nonsense"}
    answer = editor.post(path, values)
    assert (answer.status_code, "not what the page showed" in html(answer)) == (409, True)
    answer = editor.post(path, {**values, "when": "someday"})
    assert (answer.status_code, 'value="someday"' in html(answer)) == (422, True)
    assert not Dispatch.objects.exists()
    kept = editor.post(path, {"channels": ["link", "facebook"], "do": "draft"})
    assert "2 drafts are kept" in said(kept)
    assert set(Dispatch.objects.values_list("state", flat=True)) == {"draft"}
    soon = html(editor.post(path, {"channels": ["twitter"]}))
    assert "<strong>1 post</strong>, 10 minutes after you approve. Can be taken back until then." in soon


def test_a_variant_is_edited_in_place_and_goes_back_to_the_template(letter: Letter, editor: Client) -> None:
    path = f"/desk/letters/{letter.pk}/review/variants/twitter/"
    values = {"text": "Only on X.", "base": "x", "picture_mode": "none", "link_mode": "template"}
    look = editor.post(path, {**values, "do": "look"}, headers={"x-requested-with": "fetch"})
    assert "Only on X." in html(look)
    assert "of 280" in html(look)
    assert not Dispatch.objects.exists()
    whole_page = html(editor.post(path, {**values, "do": "look"}))
    assert whole_page.count("Only on X.") == 2  # drawn, and in its field
    saved = editor.post(path, {**values, "do": "save"})
    assert saved.headers["Location"] == f"/desk/letters/{letter.pk}/review/#variant-twitter"
    dispatch = Dispatch.objects.get()
    assert (dispatch.state, overrides.state(dispatch).own_parts) == ("draft", ("text", "picture"))
    page = html(editor.get(f"/desk/letters/{letter.pk}/review/"))
    assert "Only on X." in page
    assert "Back to the template" in page
    wrong = editor.post(path, {**values, "do": "save", "link_mode": "own", "link": "nowhere", "text": "Kept"})
    assert (wrong.status_code, "no address for the link" in " ".join(errors(wrong))) == (422, True)
    assert "Kept" in html(wrong)
    editor.post(path, {"do": "reset"})
    assert overrides.state(dispatch).own_parts == ()
    assert "It is the template’s already" not in said(editor.post(path, {"do": "reset"}))


def test_a_test_goes_to_the_own_address_by_the_real_engine(
    letter: Letter, editor: Client, settings: LazySettings
) -> None:
    Account.objects.filter(channel="mail").delete()
    path = f"/desk/letters/{letter.pk}/review/test/"
    assert "no mail address" in said(editor.post(path))
    User.objects.update(email="mina@lantern.example")
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    assert "mina@lantern.example" in said(editor.post(path, {"email": "other@elsewhere.example"}))
    mail = TransactionalMail.objects.get()
    assert (mail.email, mail.subject) == ("mina@lantern.example", "[Test] What the fog horn knows")
    assert "louder than it ever was" in mail.html
    with scripted() as server:
        settings.MAIL_URL = url_of(server)
        transactional.deliver(mail.pk)
        keeper.close()
    mail.refresh_from_db()
    assert mail.state == "sent"
    assert not Dispatch.objects.exists()


def test_a_mail_is_shown_dark_and_without_pictures(letter: Letter, editor: Client) -> None:
    path = f"/desk/letters/{letter.pk}/mail/mail/"
    plain = editor.get(path)
    assert "(prefers-color-scheme: dark)" in html(plain)
    assert "(prefers-color-scheme: dark)" not in html(editor.get(f"{path}?look=dark"))
    assert "img-src 'none'" in editor.get(f"{path}?look=plain").headers["Content-Security-Policy"]
