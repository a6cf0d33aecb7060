"""What the letter's page shows around the letter: buttons, neighbours in the series, the Top 10."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.http import Http404

from distributor.channels.base import Options
from distributor.channels.sharing import SharedPage
from distributor.delivery.variants import previews
from distributor.domain.planning import LINK
from distributor.insights import actions as insights
from distributor.letters import letter_feeds
from distributor.letters.models import Letter, Page, Publication
from distributor.letters.pages import page_url
from distributor.reader import policies
from distributor.reader.published_letters import CARD_SIZE, PublishedLetter, of_variant, published
from distributor.reader.share_buttons import buttons, language_of
from distributor.rendering import phrases


def newest_first(publication: Publication) -> QuerySet[Page]:
    """Return the publication's pages with all that a list of them shows."""
    return letter_feeds.of_publication(publication).pages()


def letter_context(page: Page, *, today: date) -> dict[str, Any]:
    """Return everything that `reader/letter.html` shows for a published page."""
    letter = page.letter
    shown = published(page)
    previous, following = neighbours(letter)
    run = letter.series
    authors = author_urls(letter)
    return {
        **_bare_context(shown, letter.publication),
        "structured": structured(shown, letter.publication, authors),
        "streams": letter_feeds.of_letter(letter),
        "series_url": letter_feeds.of_series(run).home if run else "",
        "author_urls": authors,
        "previous": previous,
        "next": following,
        "stories": top_stories(letter.publication, today=today),
    }


def preview_context(letter: Letter, *, now: datetime) -> dict[str, Any]:
    """Return what `reader/letter.html` shows of a letter as it would be published now. Raises Http404."""
    brand = letter.publication
    view = letter.view(site_url=settings.SITE_URL, url=page_url(letter))
    made = previews.preview(view, LINK, options=previews.options_for(brand.slug, brand.channel_options, LINK))
    if made.variant is None:
        raise Http404
    return _bare_context(of_variant(made.variant, letter, live_since=now), brand)


def _bare_context(shown: PublishedLetter, publication: Publication) -> dict[str, Any]:
    """Return what the page shows of the letter alone."""

    def options_of(channel: str) -> Options:
        return previews.options_for(publication.slug, publication.channel_options, channel)

    return {
        "publication": publication,
        "streams": [letter_feeds.of_publication(publication)],
        "language": shown.language,
        "letter": shown,
        "buttons": buttons(shown.share_bar, _shared(shown), options_of=options_of),
        "buttons_language": language_of(shown.language),
        "card_size": CARD_SIZE,
        "structured": structured(shown, publication, {}),
        "series_url": "",
        "author_urls": {},
        "previous": None,
        "next": None,
        "stories": [],
    }


def _shared(shown: PublishedLetter) -> SharedPage:
    """Return the letter's page as readers pass it on."""
    return SharedPage(
        title=shown.title,
        url=shown.url,
        description=shown.description,
        image=shown.image_url,
        language=shown.language,
        button=phrases.words(shown.language)["read_letter"],
    )


def policy_for(context: dict[str, Any]) -> str:
    """Return the Content-Security-Policy of a letter's page: only what a button's own script needs is let in."""
    more: dict[str, str] = {}
    for button in context["buttons"]:
        for directive, sources in button.sources.items():
            more[directive] = f"{more.get(directive, '')} {sources}".strip()
    return policies.policy(more)


def neighbours(letter: Letter) -> tuple[PublishedLetter | None, PublishedLetter | None]:
    """Return the published letters before and after this one in its series; letters without a number come last."""
    if letter.series_id is None:
        return None, None
    run = newest_first(letter.publication).filter(letter__series=letter.series_id)
    run = run.order_by(F("letter__number").asc(nulls_last=True), "published_at", "pk")
    order = list(run.values_list("letter_id", flat=True))
    here = order.index(letter.pk)
    beside = {page.letter_id: page for page in run.filter(letter__in=order[max(here - 1, 0) : here + 2])}
    before = published(beside[order[here - 1]]) if here > 0 else None
    after = published(beside[order[here + 1]]) if here + 1 < len(order) else None
    return before, after


def author_urls(letter: Letter) -> dict[str, str]:
    """Return where the pages of a letter's authors are, by their names.

    The page names them as they were when it went out; one who is no author of the letter any more has no link.
    """
    authors = letter.authors.select_related("publication")
    return {author.name: letter_feeds.of_author(author).home for author in authors}


def top_stories(publication: Publication, *, today: date) -> list[PublishedLetter]:
    """Return the publication's most read letters, the most read first."""
    order = [ranked.key for ranked in insights.top(publication, today=today)]
    found = {page.letter_id: page for page in newest_first(publication).filter(letter__in=order)}
    return [published(found[key]) for key in order if key in found]


def structured(shown: PublishedLetter, publication: Publication, authors: Mapping[str, str]) -> dict[str, Any]:
    """Return the letter as a schema.org Article (https://schema.org/Article). `authors` are their pages, by name."""
    home = f"{settings.SITE_URL}/{publication.slug}/"
    found = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": shown.title,
        "description": shown.description,
        "url": shown.url,
        "mainEntityOfPage": shown.canonical,
        "datePublished": shown.published_at.isoformat(),
        "dateModified": shown.changed_at.isoformat() if shown.changed_at else "",
        "inLanguage": shown.language,
        "articleSection": shown.section,
        "image": shown.picture_url,
        "author": [_person(name, authors.get(name, "")) for name in shown.authors],
        "publisher": _organization(publication, home),
        "isPartOf": {"@type": "CreativeWorkSeries", "name": shown.series_title} if shown.series_title else None,
        "position": shown.number,
    }
    return {key: value for key, value in found.items() if value}


def _organization(publication: Publication, home: str) -> dict[str, str]:
    organization = {"@type": "Organization", "name": publication.name, "url": home}
    logo = publication.view(site_url=settings.SITE_URL).logo
    return {**organization, "logo": logo.url} if logo else organization


def _person(name: str, path: str) -> dict[str, str]:
    person = {"@type": "Person", "name": name}
    return {**person, "url": f"{settings.SITE_URL}{path}"} if path else person
