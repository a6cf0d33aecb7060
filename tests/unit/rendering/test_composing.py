"""A letter for each channel, and what an editor is told about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

import pytest

from distributor.channels import registry, stored_variants
from distributor.channels.base import Options
from distributor.channels.facebook import compose as facebook
from distributor.channels.kakao import compose as kakao
from distributor.channels.kakao.payload import CardContent, KakaoPayload, Template, TemplateLink
from distributor.channels.link import compose as link
from distributor.channels.link.payload import LinkPayload
from distributor.channels.mail import compose as mail
from distributor.channels.mail.payload import MailPayload
from distributor.channels.twitter import compose as twitter
from distributor.domain import urls
from distributor.domain.letters import LetterView
from distributor.domain.text_length import length
from distributor.domain.variants import Variant
from distributor.rendering.context import letter_context
from tests.unit.rendering.letters import BARE, HARBOR, LEAD, LETTER

Own = Callable[[str, str], str]
EVERY = (mail, twitter, facebook, kakao, link)


def refusals(channel: ModuleType, variant: Variant) -> list[str]:
    return [concern.message for concern in channel.check(variant) if concern.level == "refuse"]


def messages(channel: ModuleType, variant: Variant) -> str:
    return " ".join(concern.message for concern in channel.check(variant))


@pytest.mark.parametrize("channel", EVERY)
@pytest.mark.parametrize("letter", [LETTER, BARE])
def test_every_channel_composes_every_letter(channel: ModuleType, letter: LetterView) -> None:
    variant = channel.compose(letter, Options())
    assert channel.__name__.split(".")[2] == variant.channel
    assert stored_variants.read(json.loads(json.dumps(variant.to_json()))) == variant
    channel.check(variant)


@pytest.mark.parametrize("channel", EVERY)
def test_a_whole_letter_is_refused_by_no_channel(channel: ModuleType) -> None:
    assert refusals(channel, channel.compose(LETTER, Options())) == []


@pytest.mark.parametrize("channel", EVERY)
def test_an_empty_letter_crashes_nothing(channel: ModuleType) -> None:
    channel.check(channel.compose(replace(BARE, title="", body_html="", body_text=""), Options()))


# Mail


def test_the_mail_carries_what_its_headers_need() -> None:
    payload = MailPayload.of(mail.compose(LETTER, Options()))
    assert payload.envelope.sender_email == "letters@harbor.example.com"
    assert payload.envelope.list_id == "harbor.harbor.example.com"
    assert payload.letter_url == LETTER.url


def test_no_sender_no_mail() -> None:
    letter = replace(LETTER, publication=replace(HARBOR, sender_email=""))
    assert "sender address" in refusals(mail, mail.compose(letter, Options()))[0]


def test_no_mail_without_a_way_out(own: Own) -> None:
    slug = own("email/letter.txt", "{{ letter.body_text }}")
    assert "unsubscribe" in refusals(mail, mail.compose(LETTER, Options(templates=slug)))[0]


def test_concerns_about_a_mail() -> None:
    long = replace(LETTER, body_html="<p>x</p>" * 13_000)
    assert "102 kB" in messages(mail, mail.compose(long, Options()))
    pictures = replace(
        LETTER, body_html='<img src="https://example.com/a.png"><img src="https://example.com/b.png" alt="B">'
    )
    assert "A picture has no alternative text" in messages(mail, mail.compose(pictures, Options()))
    assert "postal address" in messages(mail, mail.compose(BARE, Options()))
    assert "no page on the web" in messages(mail, mail.compose(BARE, Options()))
    assert mail.check(mail.compose(LETTER, Options())) == ()


# X


def test_a_post_on_x_fits_and_keeps_its_link() -> None:
    variant = twitter.compose(LETTER, Options())
    assert len(variant.parts) == 1
    assert variant.parts[0].startswith(LETTER.title)
    assert "Dear" not in variant.parts[0]
    assert variant.parts[0].endswith(LETTER.url)
    assert variant.length == length(variant.parts[0], "weighted") <= 280
    assert variant.limit == 280


def test_a_long_title_is_cut_and_the_link_stays() -> None:
    letter = replace(LETTER, title="tide tables " * 40)
    variant = twitter.compose(letter, Options())
    assert variant.parts[0].endswith(f"\n\n{LETTER.url}")
    assert "…" in variant.parts[0]
    assert len(variant.dropped) == 1


def test_a_thread_where_the_publication_asks_for_one(own: Own) -> None:
    slug = own("social/twitter.txt", "{{ letter.body_text }}\n{{ keep_the_rest }}\n{{ link }} #harbor")
    last = twitter.compose(LETTER, Options(thread=True, templates=slug))
    assert len(last.parts) > 1
    assert [bool(urls.links(part)) for part in last.parts] == [False] * (len(last.parts) - 1) + [True]
    assert f"{LETTER.url} #harbor" in last.parts[-1]
    assert last.dropped == ()
    first = twitter.compose(LETTER, Options(thread=True, link="first", templates=slug))
    assert f"{LETTER.url} #harbor" in first.parts[0]
    assert not any(urls.links(part) for part in first.parts[1:])


def test_a_post_without_a_link_says_what_is_missing() -> None:
    variant = twitter.compose(LETTER, Options(link="none"))
    assert urls.links(variant.parts[0]) == []
    assert variant.link == ""
    assert any("no link" in sentence for sentence in variant.dropped)
    assert variant.picture is not None  # it goes with the post itself
    bare = twitter.compose(LETTER, Options(link="none", picture="none"))
    assert bare.picture is None
    assert any("picture" in sentence for sentence in bare.dropped)


def test_an_own_template_that_marks_nothing_keeps_its_link(own: Own) -> None:
    slug = own("social/twitter.txt", "{{ link }} {{ letter.body_text }}")
    (part,) = twitter.compose(LETTER, Options(templates=slug)).parts
    assert part.endswith(LETTER.url)
    assert part.count(LETTER.url) == 1
    short = own("social/twitter.txt", "{{ link }} {{ letter.title }}")
    assert twitter.compose(LETTER, Options(templates=short)).parts == (f"{LETTER.url} {LETTER.title}",)


def test_an_address_in_another_script_is_one_link() -> None:
    letter = replace(LETTER, url="https://letters.example.com/항구/letters/조석표/")
    (part,) = twitter.compose(letter, Options()).parts
    ((start, end),) = urls.links(part)
    assert part[start:end] == twitter.compose(letter, Options()).link
    assert part[start:end].endswith("/%EC%A1%B0%EC%84%9D%ED%91%9C/")


@pytest.mark.parametrize(
    ("parts", "total"),
    [(("a", "b"), "$0.030"), (("a", "https://example.com/a"), "$0.215"), (("example.com",), "$0.200")],
)
def test_what_a_post_costs(parts: tuple[str, ...], total: str) -> None:
    assert f"about {total} on X" in messages(twitter, Variant("twitter", parts=parts))


def test_x_is_asked_for_nothing_it_refuses() -> None:
    assert refusals(twitter, Variant("twitter"))
    assert refusals(twitter, Variant("twitter", parts=("a" * 281,)))


def test_a_letter_without_a_page_is_a_concern() -> None:
    for channel in (twitter, facebook):
        assert "no page on the web" in messages(channel, channel.compose(BARE, Options()))


# Facebook


def test_a_post_on_facebook_has_its_link_beside_it() -> None:
    variant = facebook.compose(LETTER, Options())
    assert variant.link == LETTER.url
    assert LETTER.url not in variant.parts[0]
    assert "Letter 9 in “Letters to the Harbor Commission” · By Seo Haneul" in variant.parts[0]
    assert facebook.compose(LETTER, Options(link="none")).link == ""


def test_a_post_on_facebook_is_never_over(own: Own) -> None:
    slug = own("social/facebook.txt", "{{ letter.body_text }}")
    variant = facebook.compose(replace(LETTER, body_text="A sentence. " * 10_000), Options(templates=slug))
    assert variant.length <= 63_206
    assert variant.dropped


# KakaoTalk


def template_of(variant: Variant) -> Template:
    template = KakaoPayload.of(variant).template
    assert template is not None
    return template


def test_a_card_with_a_picture() -> None:
    variant = kakao.compose(LETTER, Options())
    template = template_of(variant)
    assert template.object_type == "feed"
    assert template.content == CardContent(LETTER.title, LEAD, LETTER.image_url, TemplateLink(LETTER.url, LETTER.url))
    assert [(button.title, button.link.web_url) for button in template.buttons] == [
        ("Read the letter", LETTER.url),
        ("All letters", HARBOR.site_url),
    ]


def test_a_text_without_a_picture() -> None:
    variant = kakao.compose(replace(LETTER, image_url="", body_text="tide tables " * 50), Options())
    template = template_of(variant)
    assert template.object_type == "text"
    assert template.text is not None
    assert template.text.startswith(LETTER.title)
    assert len(template.text) <= 200
    assert variant.dropped


def test_the_second_button_is_the_publications_choice() -> None:
    korean = replace(LETTER, language="ko")
    subscribe = {"second_button": "subscribe", "subscribe_url": "https://letters.example.com/subscribe/"}
    for more, letter, titles in (
        (subscribe, LETTER, ["Read the letter", "Subscribe"]),
        (subscribe, korean, ["편지 읽기", "구독하기"]),
        ({"second_button": "subscribe"}, LETTER, ["Read the letter"]),  # no address to lead to
        ({"second_button": "none"}, LETTER, ["Read the letter"]),
        ({}, korean, ["편지 읽기", "모든 편지"]),
    ):
        for picture in (LETTER.image_url, ""):
            variant = kakao.compose(replace(letter, image_url=picture), Options(more=more))
            assert [button.title for button in template_of(variant).buttons] == titles


def test_a_drawn_card_takes_the_texts_place_once_it_has_an_address() -> None:
    variant = kakao.compose(replace(LETTER, image_url=""), Options())
    assert template_of(variant).object_type == "text"
    card = "https://letters.example.com/cards/1.png"
    template = template_of(replace(variant, payload=replace(KakaoPayload.of(variant), card_url=card)))
    assert template.content is not None
    assert (template.object_type, template.content.image_url) == ("feed", card)
    assert template.content.title == LETTER.title
    assert not template.content.description.startswith(LETTER.title)
    without = kakao.compose(replace(LETTER, image_url=""), Options(picture="none"))
    assert KakaoPayload.of(without).with_card is None
    assert template_of(kakao.compose(LETTER, Options(picture="none"))).object_type == "text"


def test_kakao_names_the_domains_that_have_to_be_registered() -> None:
    more = {"second_button": "subscribe", "subscribe_url": "https://join.example.org/"}
    said = [one.message for one in kakao.check(kakao.compose(LETTER, Options(more=more)))]
    assert any("registered" in one and "letters.example.com and join.example.org" in one for one in said)
    assert refusals(kakao, kakao.compose(LETTER, Options(more={"to": "everybody"})))


def test_kakao_needs_a_link() -> None:
    assert "needs a link" in refusals(kakao, kakao.compose(BARE, Options()))[0]


# Link


def test_the_page_of_a_letter() -> None:
    variant = link.compose(LETTER, Options())
    assert variant.link == "https://letters.example.com/harbor/letters/tide-tables/"
    assert variant.html.startswith("<p>Dear Commissioners,</p>")
    payload = LinkPayload.of(variant)
    assert payload.canonical == LETTER.canonical_url
    assert payload.description == LEAD
    assert payload.author == "Seo Haneul"
    assert payload.published == "2026-03-01T20:00:00+00:00"
    assert (payload.series, payload.number) == ("Letters to the Harbor Commission", 9)


def test_a_page_needs_an_address_and_a_text() -> None:
    assert len(refusals(link, link.compose(replace(BARE, body_html=""), Options()))) == 2


# What a post begins with

POSTS = (
    "apprise",
    "bluesky",
    "facebook",
    "kakao",
    "kakaochannel",
    "linkedin",
    "mastodon",
    "telegram",
    "threads",
    "twitter",
    "webhook",
)
OWN = "Nobody answers the tide gauge. Here is what that costs. #harbor"
SUMMARY = "Why a harbor needs its own tide tables, and what they cost."


@pytest.mark.parametrize("channel", [*POSTS, "twitter", "webhook"])
def test_a_post_begins_with_the_newsroom_s_own_words(channel: str) -> None:
    letter = replace(LETTER, summary=SUMMARY, social={channel: OWN, "elsewhere": "No."})
    compose = registry.get(channel).compose
    own, summed, plain = (
        compose(view, Options()).parts[0] for view in (letter, replace(letter, social={}), replace(LETTER, social={}))
    )
    assert own.startswith(OWN)
    assert LETTER.title not in own
    assert SUMMARY in summed
    assert SUMMARY not in own
    assert LEAD in plain
    for text in (own, summed, plain):
        assert "Congratulations" not in text


def test_an_own_text_that_links_to_the_letter_gets_no_second_link() -> None:
    letter = replace(
        LETTER, social={"twitter": f"Nobody answers. Read {LETTER.url} today.", "mastodon": "Nobody answers."}
    )
    [post] = registry.get("twitter").compose(letter, Options()).parts
    assert post.count("https://") == 1
    [post] = registry.get("mastodon").compose(letter, Options()).parts
    assert post == f"Nobody answers.\n\n{LETTER.url}"


def test_a_publication_s_template_of_before_shows_the_own_text_as_its_lead() -> None:
    assert letter_context(LETTER)["lead"] == LEAD
    assert letter_context(replace(LETTER, summary=SUMMARY))["lead"] == SUMMARY
    assert letter_context(replace(LETTER, social={"twitter": OWN}), channel="twitter")["lead"] == OWN
