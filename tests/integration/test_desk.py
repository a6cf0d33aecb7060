"""The editors' web interface, through Django's test client."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone
from PIL import Image

from distributor.audience.models import MailingList
from distributor.channels import registry
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval
from distributor.delivery.planning.queue import queue_letter
from distributor.delivery.variants.previews import options_for, preview
from distributor.desk.urls import urlpatterns
from distributor.domain.capabilities import PictureLimits
from distributor.domain.letters import Draft
from distributor.letters.models import Letter, Publication
from distributor.practice.networks import ACCOUNTS
from tests.conftest import SAMPLES
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.desk import Response, errors, html, said

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = (
    "---\ntitle: A letter by hand\nshare_bar: [twitter, link, mail]\n---\n\nDear readers,\n\nThe fog lifted at nine.\n"
)
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


@pytest.fixture
def letter(publication: Publication) -> Letter:
    draft = Draft(
        source="https://lantern.example/fog",
        title="What the fog horn knows",
        body_html="<p>Dear neighbours,</p><p>The horn is back, and it is louder than it ever was.</p>",
        body_text="Dear neighbours,\n\nThe horn is back, and it is louder than it ever was.",
        canonical_url="https://lantern.example/fog",
        share_bar=("twitter", "mail", "link"),
    )
    return world.make_letter(draft, publication)


@pytest.fixture
def readers(publication: Publication) -> MailingList:
    return world.make_list(publication, 3)


@pytest.fixture
def practice(publication: Publication) -> None:
    for one in ACCOUNTS:
        accounts.connect(publication, one.channel, one.name, one.values, practice=True)


def addresses() -> Iterator[str]:
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        if pattern.name not in (
            "login",
            "logout",
            "forgotten-password",
            "reset-password",
            "second-factor",
            "passkey-login",
        ):
            values = {
                "name": "approve",
                "channel": "mail",
                "action": "password",
                "publication": "lantern",
            }
            wanted = pattern.pattern.converters
            yield reverse(f"desk:{pattern.name}", kwargs={name: values.get(name, 1) for name in wanted})


def press(client: Client, dispatch: Dispatch, verb: str, **values: str) -> str:
    """Press a dispatch's button and return what is said to it."""
    response = client.post(f"/desk/dispatches/{dispatch.pk}/{verb}/", values)
    assert response.status_code == 302
    dispatch.refresh_from_db()
    return said(response)


# Who may come in


@pytest.mark.parametrize("path", list(addresses()))
def test_every_page_asks_for_a_login_and_lets_editors_only(path: str, letter: Letter) -> None:
    for answer in (Client().get(path), Client().post(path)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/desk/login/?next=/desk/")
    reader = Client()
    reader.force_login(User.objects.create_user("reader"))
    assert reader.get(path).status_code == 403
    assert reader.post(path).status_code == 403


def test_logging_in_and_out(publication: Publication) -> None:
    world.make_colleague("mina", password="a-long-password")
    User.objects.create_user("reader", password="a-long-password")
    client = Client()
    wrong = client.post("/desk/login/", {"username": "mina", "password": "no"})
    assert "enter a correct" in html(wrong)
    assert 'value="mina"' in html(wrong)
    assert "no editor’s account" in html(
        client.post("/desk/login/", {"username": "reader", "password": "a-long-password"})
    )
    right = client.post("/desk/login/?next=/desk/letters/new/", {"username": "mina", "password": "a-long-password"})
    assert right.headers["Location"] == "/desk/letters/new/"
    assert client.get("/desk/").status_code == 200
    assert client.get("/desk/logout/").status_code == 405
    client.post("/desk/logout/")
    assert client.get("/desk/").status_code == 302


def test_nothing_changes_without_the_forms_own_token(letter: Letter, editor: Client) -> None:
    (dispatch,) = queue_letter(letter, channels=["link"], approve=False).dispatches
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = editor.cookies
    for path in (f"/desk/dispatches/{dispatch.pk}/release/", f"/desk/letters/{letter.pk}/queue/", "/desk/letters/new/"):
        response = strict.post(path, {"channels": ["link"]})
        assert response.status_code == 403
        assert "That form is too old" in html(response)
    dispatch.refresh_from_db()
    assert dispatch.state == "draft"
    assert editor.get(f"/desk/dispatches/{dispatch.pk}/release/").status_code == 405


# Taking in


def test_a_letter_is_taken_in_from_its_text(publication: Publication, editor: Client) -> None:
    given = {"publication": publication.pk, "text": TEXT.replace("\n", "\r\n")}
    response = editor.post("/desk/letters/new/", given)
    letter = Letter.objects.get()
    assert response.headers["Location"] == f"/desk/letters/{letter.pk}/"
    assert (letter.title, letter.share_bar) == ("A letter by hand", ["twitter", "link", "mail"])
    assert "Letter added" in said(response)
    assert editor.post("/desk/letters/new/", given).status_code == 409  # which letter is it? see test_which_letter.py
    assert Letter.objects.count() == 1


def test_a_letter_is_taken_in_from_a_file(publication: Publication, editor: Client) -> None:
    page = SimpleUploadedFile("page.html", (SAMPLES / "letter-page.html").read_bytes(), "text/html")
    editor.post("/desk/letters/new/", {"publication": publication.pk, "file": page})
    assert Letter.objects.get().series is not None


def test_a_feed_brings_all_its_letters(publication: Publication, editor: Client) -> None:
    feed = SimpleUploadedFile("letters.atom", (SAMPLES / "letters.atom").read_bytes(), "application/atom+xml")
    response = editor.post("/desk/letters/new/", {"publication": publication.pk, "file": feed})
    assert response.headers["Location"] == "/desk/"
    assert said(response) == f"{Letter.objects.count()} letters were added."


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Give the letter in one way"),
        ({"url": "https://lantern.example/fog", "text": TEXT}, "That is more than one letter"),
        ({"url": "/etc/passwd"}, "That is not a web address"),
        ({"url": "file:///etc/passwd"}, "That is not a web address"),
        ({"url": "ftp://lantern.example/fog"}, "Only addresses that start with http:// or https://"),
        ({"url": "http://127.0.0.1:9/letter"}, "127.0.0.1"),
        ({"url": "http://[::1]/letter"}, "::1"),
        ({"text": "   "}, "Give the letter in one way"),
        ({"file": SimpleUploadedFile("empty.html", b"", "text/html")}, "empty"),
        ({"file": SimpleUploadedFile("picture.png", b"\x89PNG\r\n\x1a\n\0\0", "image/png")}, "picture.png"),
        ({"file": SimpleUploadedFile("huge.txt", b"x" * (10 * 1024 * 1024 + 1), "text/plain")}, "10 MB"),
        ({"file": SimpleUploadedFile("latin.txt", b"caf\xe9", "text/plain")}, "UTF-8"),
    ],
)
def test_what_cannot_be_taken_in_gets_one_sentence(
    given: dict[str, object], sentence: str, publication: Publication, editor: Client
) -> None:
    response = editor.post("/desk/letters/new/", {"publication": publication.pk, **given})
    assert response.status_code == 422
    (wrong,) = errors(response)
    assert sentence in wrong
    for typed in ("url", "text"):
        assert str(given.get(typed, "")) in html(response)
    assert not Letter.objects.exists()


def test_the_form_knows_the_only_publication_and_asks_among_several(publication: Publication, editor: Client) -> None:
    page = html(editor.get("/desk/letters/new/"))
    assert f'<input type="hidden" name="publication" value="{publication.pk}"' in page
    world.make_publication("beacon")
    assert '<select name="publication"' in html(editor.get("/desk/letters/new/"))
    assert "Choose a publication." in html(editor.post("/desk/letters/new/", {"text": TEXT}))


def test_without_a_publication_the_desk_says_what_to_do(editor: Client) -> None:
    assert "distributor publications add" in html(editor.post("/desk/letters/new/", {"text": TEXT}))
    assert "No letter yet" in html(editor.get("/desk/"))


# Variants


def test_every_variant_is_shown_in_the_order_of_the_share_bar(
    letter: Letter, practice: None, readers: MailingList, editor: Client
) -> None:
    page = html(editor.get(f"/desk/letters/{letter.pk}/"))
    shown = re.findall(r'<h3 id="variant-(\w+)">', page)
    assert shown[:3] == ["twitter", "mail", "link"]
    assert set(shown[3:]) == set(registry.names()).difference(shown[:3])
    assert "of 280" in page
    assert "This post costs" in page
    assert "Subject</dt><dd>" in page
    assert "The publication has no postal address" in page
    chosen = re.findall(r'name="channels" value="(\w+)"[^>]* checked', page)
    assert chosen == ["twitter", "mail", "link"]
    assert page.count("Practice</span>") >= len(ACCOUNTS)
    assert "3 subscribers" in page


def test_a_mail_is_shown_as_a_subscriber_gets_it_and_can_do_nothing(letter: Letter, editor: Client) -> None:
    page = html(editor.get(f"/desk/letters/{letter.pk}/"))
    frames = re.findall(r"<iframe[^>]*/mail/mail/[^>]*>", page)
    assert len(frames) == 2
    assert all('sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame for frame in frames)
    response = editor.get(f"/desk/letters/{letter.pk}/mail/mail/")
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox")
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "The horn is back" in html(response)
    assert "{{" not in html(response)
    assert editor.get(f"/desk/letters/{letter.pk}/mail/twitter/").status_code == 404
    assert editor.get(f"/desk/letters/{letter.pk}/mail/pigeon/").status_code == 404


def test_a_channel_that_there_is_not_is_named(letter: Letter, editor: Client) -> None:
    letter.share_bar = ["twitter", "pigeon"]
    letter.save()
    assert "also names “pigeon”" in html(editor.get(f"/desk/letters/{letter.pk}/"))


def test_a_hostile_letter_stays_text_on_the_desk(letter: Letter, editor: Client) -> None:
    letter.title = letter.body_text = letter.source = HOSTILE
    letter.body_html = f"<p>{HOSTILE}</p>"
    letter.canonical_url = ""
    letter.save()
    (dispatch,) = queue_letter(letter, channels=["link"]).dispatches
    world.work(dispatch)
    for path in ("/desk/", f"/desk/letters/{letter.pk}/", f"/desk/dispatches/{dispatch.pk}/"):
        page = editor.get(path).content.decode()
        assert "&lt;script&gt;alert" in page
        assert "<script>" not in page
        assert "<img src=x" not in page


# Queueing


def queue(client: Client, letter: Letter, **values: object) -> Response:
    return client.post(f"/desk/letters/{letter.pk}/queue/", values)


def test_queueing_approves_or_keeps_drafts(
    letter: Letter, practice: None, readers: MailingList, editor: Client
) -> None:
    response = queue(editor, letter, channels=["twitter", "link"], hold="0", draft="yes")
    assert said(response) == "2 dispatches are queued."
    assert set(letter.dispatches.values_list("state", flat=True)) == {"draft"}
    queue(editor, letter, channels=["mail"], lists=[readers.pk], when="tomorrow 9:00", hold="30")
    mail = letter.dispatches.get(channel="mail")
    assert mail.state == "held"
    assert mail.due_at > timezone.now()
    page = html(editor.get(f"/desk/letters/{letter.pk}/"))
    assert "Can be made a draft again until" in page
    assert "held" in html(editor.get("/desk/"))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"when": "some day"}, "is not a time that can be understood"),
        ({"when": "yesterday"}, "is a day: say the time of day too"),
        ({"when": "2001-01-01 09:00"}, "has passed"),
        ({"hold": "-1"}, "give whole minutes"),
        ({"hold": "soon"}, "give whole minutes"),
        ({"hold": "99999"}, "Hold it for a week at most"),
        ({"channels": []}, "Choose at least one channel"),
        ({"channels": ["pigeon"]}, "pigeon"),
        ({"channels": ["mail"]}, "Choose who gets it, or leave Mail out"),
    ],
)
def test_a_mistake_in_the_form_gets_one_sentence_and_keeps_what_was_typed(
    given: dict[str, object], sentence: str, letter: Letter, readers: MailingList, editor: Client
) -> None:
    values = {"channels": ["link"], "when": "in 3 hours", "hold": "7", **given}
    response = queue(editor, letter, **values)
    assert response.status_code == 422
    page = html(response)
    errors = re.findall(r'<p class="error"[^>]*>(.*?)</p>', page)
    assert len(errors) == 1
    assert sentence in errors[0]
    assert (
        f'name="when" type="text" autocomplete="off" maxlength="100" placeholder="now" value="{values["when"]}"' in page
    )
    assert f'value="{values["hold"]}"' in page
    assert not Dispatch.objects.exists()


def test_an_hour_that_the_clocks_skip_is_explained(letter: Letter, editor: Client) -> None:
    letter.publication.time_zone = "Europe/Berlin"
    letter.publication.save()
    response = queue(editor, letter, channels=["link"], when="2027-03-28 02:30")
    assert "02:30 is skipped by the clocks" in said(response)


def test_a_list_of_another_publication_cannot_be_chosen(letter: Letter, editor: Client) -> None:
    foreign = world.make_list(world.make_publication("beacon"), 1)
    assert queue(editor, letter, channels=["mail"], lists=[foreign.pk]).status_code == 422


# Dispatches


def test_the_buttons_of_a_dispatch_move_it(letter: Letter, practice: None, editor: Client) -> None:
    (dispatch,) = queue_letter(letter, channels=["twitter"], approve=False, hold_minutes=10).dispatches
    assert "Approved. It is held until" in press(editor, dispatch, "approve")
    assert dispatch.state in ("held", "scheduled")
    assert "draft again" in press(editor, dispatch, "take-back")
    press(editor, dispatch, "approve")
    assert "Paused." in press(editor, dispatch, "pause")
    assert "another time" in press(editor, dispatch, "reschedule", at="in 2 hours")
    press(editor, dispatch, "resume")
    assert "goes out now" in press(editor, dispatch, "release")
    assert dispatch.due_at <= timezone.now()
    assert "can’t be resumed" in press(editor, dispatch, "cancel")  # it asks first
    assert dispatch.state == "scheduled"
    assert "Cancelled." in press(editor, dispatch, "cancel", confirmed="yes")
    assert dispatch.state == "cancelled"
    assert "can't be cancelled" in press(editor, dispatch, "cancel", confirmed="yes")


@pytest.mark.parametrize(
    ("when", "sentence"),
    [("", "Give a time"), ("later", "is not a time that can be understood"), ("2001-01-01 09:00", "has passed")],
)
def test_a_bad_new_time_is_refused_in_a_sentence(when: str, sentence: str, letter: Letter, editor: Client) -> None:
    (dispatch,) = queue_letter(letter, channels=["link"], approve=False).dispatches
    due = dispatch.due_at
    assert sentence in press(editor, dispatch, "reschedule", at=when)
    assert dispatch.due_at == due


def test_what_is_not_there_is_not_found(letter: Letter, editor: Client) -> None:
    (dispatch,) = queue_letter(letter, channels=["link"], approve=False).dispatches
    assert editor.post(f"/desk/dispatches/{dispatch.pk}/explode/").status_code == 404
    assert editor.post("/desk/dispatches/999/approve/").status_code == 404
    for path in ("/desk/letters/999/", "/desk/letters/999/dispatches/", "/desk/dispatches/999/"):
        assert editor.get(path).status_code == 404


@pytest.fixture
def unconfirmed(letter: Letter, practice: None) -> Dispatch:
    (dispatch,) = queue_letter(letter, channels=["twitter"]).dispatches
    Dispatch.objects.update(state="unconfirmed", reason="X did not answer.")
    dispatch.refresh_from_db()
    return dispatch


def test_a_lost_answer_is_put_to_a_person(unconfirmed: Dispatch, editor: Client) -> None:
    page = html(editor.get(f"/desk/letters/{unconfirmed.letter_id}/"))
    assert "X did not answer." in page
    assert "say whether it is there" in page
    assert ">Mark as sent</button>" in page
    assert ">Try again</button>" in page
    assert "Look at X (Twitter) first" in page
    assert "no web address" in press(editor, unconfirmed, "confirm", url="javascript:alert(1)")
    assert unconfirmed.state == "unconfirmed"
    press(editor, unconfirmed, "confirm", url="https://x.com/lantern/status/7")
    assert unconfirmed.state == "sent"
    assert 'href="https://x.com/lantern/status/7"' in html(editor.get(f"/desk/letters/{unconfirmed.letter_id}/"))


def test_a_person_can_say_that_it_is_not_there(unconfirmed: Dispatch, editor: Client) -> None:
    assert "second time" in press(editor, unconfirmed, "retry")
    assert unconfirmed.state == "unconfirmed"
    assert "sent again" in press(editor, unconfirmed, "retry", confirmed="yes")
    assert unconfirmed.state == "scheduled"
    assert "can't be marked as sent" in press(editor, unconfirmed, "confirm")


def test_a_blocked_dispatch_says_what_helps(letter: Letter, editor: Client) -> None:
    (dispatch,) = queue_letter(letter, channels=["twitter"]).dispatches
    page = html(editor.get(f"/desk/letters/{letter.pk}/"))
    assert "No X (Twitter) account is connected" in page
    assert "Connect one on the page of accounts" in page
    assert 'href="/desk/accounts/#channel-twitter"' in page
    assert "account is connected" in press(editor, dispatch, "resume")
    assert dispatch.state == "blocked"
    accounts.connect(letter.publication, "twitter", "The Lantern", {"access_token": "t"})
    press(editor, dispatch, "resume")
    assert dispatch.state == "scheduled"


def test_counts_move_in_the_live_table(
    letter: Letter, mail_channel: ScriptedChannel, readers: MailingList, editor: Client
) -> None:
    world.connect(letter.publication, "letterbox")
    (dispatch,) = queue_letter(letter, channels=["letterbox"], lists=[readers]).dispatches
    path = f"/desk/letters/{letter.pk}/dispatches/"
    before = html(editor.get(path))
    assert 'data-unfinished="yes"' in before
    world.work(dispatch)
    after = html(editor.get(path))
    assert 'data-unfinished="no"' in after
    assert "<strong>3</strong> of 3 accepted" in after
    assert "<html" not in after
    assert versions(before) != versions(after)
    assert versions(after) == versions(html(editor.get(path)))


def versions(table: str) -> list[str]:
    return re.findall(r'data-version="([^"]*)"', table)


def test_what_went_out_stays_as_it_was(letter: Letter, editor: Client) -> None:
    (dispatch,) = queue_letter(letter, channels=["link"]).dispatches
    assert "Nothing has gone out yet" in html(editor.get(f"/desk/dispatches/{dispatch.pk}/"))
    world.work(dispatch)
    assert 'src="/lantern/letters/what-the-fog-horn-knows/"' in html(editor.get(f"/desk/dispatches/{dispatch.pk}/"))
    assert "View sent version" in html(editor.get(f"/desk/letters/{letter.pk}/"))


def test_the_mail_that_went_out_is_shown_as_it_was(letter: Letter, practice: None, editor: Client) -> None:
    (dispatch,) = queue_letter(letter, channels=["mail"], approve=False).dispatches
    view = letter.view(site_url="http://127.0.0.1:8000", url="")
    made = preview(view, "mail", options=options_for("lantern", {}, "mail")).variant
    assert made is not None
    Dispatch.objects.update(variant=made.to_json())
    Letter.objects.update(body_html="<p>Another text</p>", title="Another title")
    assert "What the fog horn knows" in html(editor.get(f"/desk/dispatches/{dispatch.pk}/"))
    assert "The horn is back" in html(editor.get(f"/desk/dispatches/{dispatch.pk}/mail/"))


def test_practice_is_marked_wherever_a_dispatch_is_shown(letter: Letter, practice: None, editor: Client) -> None:
    (dispatch,) = queue_letter(letter, channels=["twitter"]).dispatches
    for path in (
        "/desk/",
        f"/desk/letters/{letter.pk}/",
        f"/desk/letters/{letter.pk}/dispatches/",
        f"/desk/dispatches/{dispatch.pk}/",
    ):
        assert ">Practice</span>" in html(editor.get(path)), path


def test_a_real_account_is_never_marked_as_practice(letter: Letter, editor: Client) -> None:
    accounts.connect(letter.publication, "twitter", "The Lantern", {"access_token": "t"})
    queue_letter(letter, channels=["twitter"])
    for path in ("/desk/", f"/desk/letters/{letter.pk}/"):
        assert "Practice</span>" not in html(editor.get(path))


# Pictures


def test_a_post_is_shown_with_the_card_that_it_would_carry(
    editor: Client, letter: Letter, post_channel: ScriptedChannel
) -> None:
    post_channel.pictures = PictureLimits(size=(800, 400), alt_text=100)
    page = html(editor.get(f"/desk/letters/{letter.pk}/"))
    address = f"/desk/letters/{letter.pk}/card/scripted.png"
    assert f'<img src="{address}" alt="What the fog horn knows" width="800" height="400"' in page
    assert "Alternative text:" in page
    answer = editor.get(address)
    assert answer.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (800, 400)
    assert editor.get(f"/desk/letters/{letter.pk}/card/mail.png").status_code == 404
    assert editor.get(f"/desk/letters/{letter.pk}/card/nothing.png").status_code == 404


def test_the_card_that_went_out_is_shown_as_it_was(
    editor: Client, letter: Letter, publication: Publication, post_channel: ScriptedChannel
) -> None:
    post_channel.pictures = PictureLimits(size=(800, 400))
    world.connect(publication, "scripted")
    (dispatch,) = queue_letter(letter, channels=["scripted"], approve=False).dispatches
    address = f"/desk/dispatches/{dispatch.pk}/card.png"
    assert editor.get(address).status_code == 404
    approval.approve(dispatch.pk)
    assert editor.get(address).status_code == 200  # what is approved to go out
    world.work(dispatch)
    Letter.objects.update(title="Another title")
    assert f'src="{address}" alt="What the fog horn knows"' in html(editor.get(f"/desk/dispatches/{dispatch.pk}/"))
    was = editor.get(address).content
    assert was != editor.get(f"/desk/letters/{letter.pk}/card/scripted.png").content
    assert Image.open(io.BytesIO(was)).size == (800, 400)


def test_a_picture_without_alternative_text_is_told_and_can_be_described(
    editor: Client, letter: Letter, publication: Publication, post_channel: ScriptedChannel
) -> None:
    post_channel.pictures = PictureLimits(alt_text=20)
    address = f"/desk/letters/{letter.pk}/"
    assert 'name="image_alt"' not in html(editor.get(address))
    answer = editor.post(f"{address}picture/", {"image_alt": "A horn"})
    assert "no picture to describe" in said(answer)
    Letter.objects.update(image_url="https://lantern.example/fog.jpg")
    missing = "The picture has no alternative text"
    card = re.compile(r'<article class="variant" aria-labelledby="variant-scripted">.*?</article>', re.DOTALL)
    assert missing in card.findall(html(editor.get(address)))[0]
    assert "is saved" in said(editor.post(f"{address}picture/", {"image_alt": " A horn  in fog "}))
    letter.refresh_from_db()
    assert letter.image_alt == "A horn in fog"
    shown = card.findall(html(editor.get(address)))[0]
    assert missing not in shown
    assert 'src="https://lantern.example/fog.jpg" alt="A horn in fog"' in shown
    assert "at most 2000" in said(editor.post(f"{address}picture/", {"image_alt": "x" * 2001}))
    editor.post(f"{address}picture/", {"image_alt": "A very large horn on a small pier"})
    assert "takes 20 characters" in card.findall(html(editor.get(address)))[0]


def test_what_a_picture_shows_is_taken_in_and_kept(editor: Client, publication: Publication) -> None:
    text = TEXT.replace("---\n\n", "image: https://l.example/fog.jpg\ncanonical_url: https://l.example/fog\n---\n\n", 1)
    given = {"publication": publication.pk, "text": text}
    assert said(editor.post("/desk/letters/new/", given)).count("what the picture shows") == 1
    # Nothing has shown the messages, so they add up.
    answer = editor.post("/desk/letters/new/", {**given, "image_alt": "Fog at nine"})
    assert said(answer).count("what the picture shows") == 1
    assert Letter.objects.get().image_alt == "Fog at nine"
    editor.post("/desk/letters/new/", given)  # the source still says nothing of it
    assert Letter.objects.get().image_alt == "Fog at nine"
    editor.post("/desk/letters/new/", {**given, "text": text.replace("fog.jpg", "other.jpg")})
    assert Letter.objects.get().image_alt == ""
    refused = editor.post("/desk/letters/new/", {**given, "text": TEXT, "image_alt": "Fog"})
    assert errors(refused) == ["The letter has no picture to describe: leave this empty."]
