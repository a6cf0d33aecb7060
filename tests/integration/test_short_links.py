"""Short links and campaign parameters: what posts carry, where it leads, and what is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from distributor.channels import registry, stored_variants
from distributor.channels.base import Options
from distributor.channels.mail.payload import MailPayload
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval
from distributor.delivery.variants import composition
from distributor.delivery.variants.previews import options_for, preview, previews
from distributor.desk import presentation
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Deferred, Receipt
from distributor.insights import actions as insights
from distributor.insights.models import Read, ShortClick
from distributor.letters import short_links
from distributor.letters.models import Letter, Publication, ShortLink
from distributor.letters.pages import DatabasePageStore, page_url
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.world import BROWSER

pytestmark = pytest.mark.django_db(transaction=True)

SITE = "http://127.0.0.1:8000"
CAMPAIGN = "?utm_source=scripted&utm_medium=social&utm_campaign=what-the-fog-horn-knows"


@pytest.fixture
def publication(post_channel: ScriptedChannel) -> Publication:
    made = world.make_publication()
    made.channel_options = {"scripted": {"short": True}}
    made.save()
    world.connect(made, "scripted")
    return made


@pytest.fixture
def letter(draft: Draft, publication: Publication) -> Letter:
    return world.make_letter(draft, publication)


def sent(letter: Letter, *channels: str) -> list[Dispatch]:
    dispatches = world.queue(letter, *channels)
    for dispatch in dispatches:
        world.work(dispatch)
        assert dispatch.state == "sent", dispatch.reason
    return dispatches


def link_of(dispatch: Dispatch) -> str:
    assert dispatch.variant is not None
    return str(dispatch.variant["link"])


def setting(publication: Publication, **settings: Any) -> None:
    publication.channel_options = {"scripted": settings}
    publication.save()


def take_down(link: Dispatch) -> None:
    DatabasePageStore().remove(stored_variants.read(link.variant or {}), Receipt(str(link.key)))


def test_a_post_carries_the_short_link_that_its_preview_showed(letter: Letter) -> None:
    shown = presentation.card(letter, "scripted").variant
    assert shown is not None
    assert not ShortLink.objects.exists()  # a preview writes nothing
    _, post = sent(letter, "link", "scripted")
    row = ShortLink.objects.get()
    assert link_of(post) == shown.link == f"{SITE}/s/{row.code}"
    assert (row.letter, row.channel, len(row.code)) == (letter, "scripted", short_links.LENGTH)
    assert short_links.keep(letter, "scripted") == row.code
    assert ShortLink.objects.count() == 1


def test_a_file_that_is_not_stored_is_previewed_with_a_link_of_the_same_length(letter: Letter) -> None:
    view = letter.view(site_url=SITE, url=page_url(letter))
    options = replace(Options(), short=True)
    made_up = preview(view, "scripted", options=options).variant
    real = preview(view, "scripted", options=options, code=short_links.code_of(letter, "scripted")).variant
    assert made_up is not None
    assert real is not None
    assert len(made_up.link) == len(real.link)
    assert made_up.link != real.link


def test_tried_again_it_is_the_same_link(letter: Letter, post_channel: ScriptedChannel) -> None:
    sent(letter, "link")
    post_channel.answer = lambda _: Deferred("Later.")
    (post,) = world.queue(letter, "scripted")
    world.work(post)
    before = link_of(post)
    approval.release_now(post.pk)
    world.work(post)
    assert link_of(post) == before
    assert ShortLink.objects.count() == 1


def test_a_key_that_was_changed_leaves_old_links_and_their_letters_alone(letter: Letter, settings: Any) -> None:
    code = short_links.keep(letter, "scripted")
    settings.SECRET_KEY = "another" * 8
    assert short_links.code_of(letter, "scripted") == code
    assert short_links.code_of(letter, "facebook") != code


def test_a_code_that_is_taken_gives_way(letter: Letter, draft: Draft, publication: Publication) -> None:
    other = world.make_letter(replace(draft, source="other", title="Other"), publication)
    ShortLink.objects.create(code=short_links.code_of(letter, "scripted"), letter=other, channel="scripted")
    code = short_links.keep(letter, "scripted")
    found = short_links.find(code)
    assert found is not None
    assert found.letter == letter
    assert short_links.code_of(letter, "scripted") == code


def test_codes_are_short_and_differ(letter: Letter) -> None:
    codes = {short_links._code(number, channel, 0) for number in range(2_000) for channel in ("facebook", "twitter")}
    assert len(codes) == 4_000
    assert {len(code) for code in codes} == {7}
    assert set("".join(codes)) == set(short_links.SIGNS)


def test_it_leads_to_the_letters_page_with_the_campaign(letter: Letter, client: Client) -> None:
    _, post = sent(letter, "link", "scripted")
    response = client.get(link_of(post), headers={"User-Agent": BROWSER})
    assert response.status_code == 302
    assert response.headers["Location"] == f"{SITE}/lantern/letters/{letter.slug}/{CAMPAIGN}"
    assert "no-store" in response.headers["Cache-Control"]
    page = client.get(response.headers["Location"])
    assert page.status_code == 200
    html = page.content.decode()
    assert "utm_" not in html  # neither in canonical nor in og:url nor in what readers pass on


def test_it_leads_nowhere_else(letter: Letter, client: Client) -> None:
    _, post = sent(letter, "link", "scripted")
    asked = f"{link_of(post)}?next=https://evil.example/&url=//evil.example&utm_source=evil"
    assert client.get(asked).headers["Location"] == f"{SITE}/lantern/letters/{letter.slug}/{CAMPAIGN}"
    for unknown in ("preview", "aaaaaaa", "a", "a" * 200, "%00%00", "가나다라마바사", "..%2Fdesk"):
        assert client.get(f"/s/{unknown}").status_code == 404, unknown
    assert client.post(link_of(post)).status_code == 405


def test_a_page_that_moved_is_still_found(letter: Letter, client: Client) -> None:
    _, post = sent(letter, "link", "scripted")
    Letter.objects.update(slug="등대")
    response = client.get(link_of(post))
    assert response.headers["Location"].startswith(f"{SITE}/lantern/letters/%EB%93%B1%EB%8C%80/?utm_source=scripted")
    assert client.get(response.headers["Location"]).status_code == 200


def test_a_page_that_was_taken_down_is_gone_here_too(letter: Letter, client: Client) -> None:
    link, post = sent(letter, "link", "scripted")
    take_down(link)
    response = client.get(link_of(post), headers={"User-Agent": BROWSER})
    assert response.status_code == 410
    assert "This letter was taken down" in response.content.decode()
    assert not ShortClick.objects.exists()


@pytest.mark.parametrize(
    ("method", "headers", "counted"),
    [
        ("GET", {"User-Agent": BROWSER}, 1),
        ("GET", {"User-Agent": f"{BROWSER} KAKAOTALK 10.4.2"}, 1),  # a person in KakaoTalk's own browser
        ("HEAD", {"User-Agent": BROWSER}, 0),
        ("GET", {}, 0),
        ("GET", {"User-Agent": "facebookexternalhit/1.1;line-poker/1.0"}, 0),
        ("GET", {"User-Agent": "Twitterbot/1.0"}, 0),
        ("GET", {"User-Agent": "facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com/"}, 0),
        ("GET", {"User-Agent": "WhatsApp/2.23.20.0 A"}, 0),
        ("GET", {"User-Agent": "TelegramBot (like TwitterBot)"}, 0),
        ("GET", {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"}, 0),
        ("GET", {"User-Agent": "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"}, 0),
        ("GET", {"User-Agent": "Mastodon/4.3.1 (http.rb/5.2.0; +https://mastodon.example/)"}, 0),
        ("GET", {"User-Agent": "Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)"}, 0),
        ("GET", {"User-Agent": "LinkedInBot/1.0 (compatible; Mozilla/5.0)"}, 0),
        ("GET", {"User-Agent": "meta-externalagent/1.1 (+https://developers.facebook.com/docs/)"}, 0),
        ("GET", {"User-Agent": "Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)"}, 0),
        ("GET", {"User-Agent": BROWSER, "Sec-Purpose": "prefetch;prerender"}, 0),
    ],
)
def test_only_people_are_counted(
    letter: Letter, client: Client, method: str, headers: dict[str, str], counted: int
) -> None:
    _, post = sent(letter, "link", "scripted")
    assert client.generic(method, link_of(post), headers=headers).status_code == 302
    assert insights.short_clicks(letter) == {"scripted": counted}


def test_clicks_are_counts_a_day_and_nothing_else(letter: Letter, client: Client) -> None:
    _, post = sent(letter, "link", "scripted")
    for address in ("203.0.113.7", "203.0.113.8", "203.0.113.7"):
        response = client.get(link_of(post), headers={"User-Agent": BROWSER}, REMOTE_ADDR=address)
        assert not response.cookies
    click = ShortClick.objects.get()
    assert (click.count, click.day) == (3, timezone.now().date())
    assert {field.name for field in ShortClick._meta.get_fields()} == {"id", "link", "day", "count"}
    ShortClick.objects.create(link=click.link, day=click.day - timedelta(days=1), count=4)
    assert insights.short_clicks(letter) == {"scripted": 7}
    assert not Read.objects.exists()  # the page counts its own readers


def test_a_reader_comes_before_a_figure(letter: Letter, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise DatabaseError

    _, post = sent(letter, "link", "scripted")
    monkeypatch.setattr(ShortClick.objects, "update_or_create", broken)
    assert client.get(link_of(post), headers={"User-Agent": BROWSER}).status_code == 302


def test_the_desk_tells_how_often_it_was_followed(letter: Letter, client: Client, editor: Client) -> None:
    link, post = sent(letter, "link", "scripted")
    for _ in range(2):
        client.get(link_of(post), headers={"User-Agent": BROWSER})
    shown = editor.get(f"/desk/dispatches/{post.pk}/").content.decode()
    assert "Its short link was followed 2 times" in shown
    assert "short link" not in editor.get(f"/desk/dispatches/{link.pk}/").content.decode()


def test_no_short_link_to_somebody_elses_site(letter: Letter) -> None:
    (post,) = sent(letter, "scripted")
    assert link_of(post) == f"https://lantern.example/letters/fog{CAMPAIGN}"
    assert not ShortLink.objects.exists()


def test_mails_and_the_page_itself_never_have_one(letter: Letter, publication: Publication) -> None:
    publication.channel_options = {"mail": {"short": True}, "link": {"short": True, "campaign": True}}
    publication.save()
    view = letter.view(site_url=SITE, url=page_url(letter))
    for channel in ("mail", "link"):
        options = options_for("lantern", publication.channel_options, channel)
        variant = preview(view, channel, options=options, code="aaaaaaa").variant
        assert variant is not None
        assert variant.link == page_url(letter)
        assert "/s/" not in variant.html
    (dispatch,) = sent(letter, "link")
    assert link_of(dispatch) == page_url(letter)
    assert not ShortLink.objects.exists()


def test_the_campaign_is_on_for_posts_and_off_for_mails_unless_chosen_otherwise(publication: Publication) -> None:
    assert options_for("lantern", {}, "scripted").campaign
    assert options_for("lantern", {}, "twitter").campaign
    assert not options_for("lantern", {}, "mail").campaign
    assert not options_for("lantern", {"scripted": {"campaign": False}}, "scripted").campaign
    assert options_for("lantern", {"mail": {"campaign": True}}, "mail").campaign


def test_the_preview_shows_the_campaign_that_goes_out(letter: Letter, publication: Publication) -> None:
    setting(publication)
    shown = presentation.card(letter, "scripted").variant
    assert shown is not None
    _, post = sent(letter, "link", "scripted")
    assert link_of(post) == shown.link == f"{page_url(letter)}{CAMPAIGN}"
    setting(publication, campaign=False)
    assert composition.draft(post).link == shown.link  # sent is sent
    bare = presentation.card(Letter.objects.get(), "scripted").variant
    assert bare is not None
    assert bare.link == page_url(letter)


def test_without_a_publication_the_preview_has_the_usual_campaign(letter: Letter) -> None:
    (made,) = previews(letter.view(site_url=SITE, url=page_url(letter)), ["scripted"])
    assert made.variant is not None
    assert made.variant.link.endswith(CAMPAIGN)


def test_every_channels_own_post_carries_it(letter: Letter) -> None:
    view = letter.view(site_url=SITE, url=page_url(letter))
    for name in registry.names():
        variant = preview(view, name, options=options_for("lantern", {}, name)).variant
        assert variant is not None
        if name in ("link", "mail"):
            assert variant.link == page_url(letter)
        else:
            assert variant.link == f"{page_url(letter)}{CAMPAIGN.replace('scripted', name)}"


def test_in_mails_what_readers_pass_on_stays_plain(letter: Letter) -> None:
    view = replace(letter.view(site_url=SITE, url=page_url(letter)), share_bar=("facebook", "twitter", "link"))
    options = options_for("lantern", {"mail": {"campaign": True}}, "mail")
    variant = preview(view, "mail", options=options).variant
    assert variant is not None
    tagged = f"{page_url(letter)}?utm_source=mail&utm_medium=email&utm_campaign={letter.slug}"
    assert variant.link == tagged
    assert tagged in MailPayload.of(variant).links
    shared = [
        link for link in MailPayload.of(variant).links if link.startswith(("https://www.facebook.com", "https://x.com"))
    ]
    assert shared
    assert not [link for link in shared if "utm_" in link]
    assert f"Share this letter: {page_url(letter)}\n" in variant.text
    assert f"{tagged}\n" in variant.text
