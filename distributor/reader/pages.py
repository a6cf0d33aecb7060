"""What the letter's page shows around the letter: buttons, neighbours in the series, the Top 10."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.http import Http404

from distributor import policies
from distributor.channels.base import Options
from distributor.channels.share_records import SharedPage
from distributor.delivery.variants import previews
from distributor.domain.planning import LINK
from distributor.insights import actions as insights
from distributor.letters import letter_feeds
from distributor.letters.models import Letter, Page, Publication
from distributor.letters.pages import page_url
from distributor.letters.stored_templates import template_set
from distributor.reader.published_letters import CARD_SIZE, PublishedLetter, of_variant, published_letter
from distributor.reader.share_buttons import buttons, language_of
from distributor.rendering import phrases


def newest_first(publication: Publication) -> QuerySet[Page]:
    """Return the publication's pages with all that a list of them shows."""
    return letter_feeds.of_publication(publication).pages()


def letter_context(page: Page, *, today: date) -> dict[str, Any]:
    """Return everything that `reader/letter.html` shows for a published page."""
    letter = page.letter
    view = published_letter(page)
    previous, next_letter = neighbours(letter)
    run = letter.series
    authors = author_urls(letter)
    return {
        **_bare_context(view, letter.publication),
        "structured": structured_data(view, letter.publication, authors),
        "feeds": letter_feeds.of_letter(letter),
        "series_url": letter_feeds.of_series(run).home if run else "",
        "author_urls": authors,
        "previous": previous,
        "next": next_letter,
        "stories": top_stories(letter.publication, today=today),
    }


def preview_context(letter: Letter, *, now: datetime) -> dict[str, Any]:
    """Return what `reader/letter.html` shows of a letter as it would be published now. Raises Http404."""
    brand = letter.publication
    view = letter.view(site_url=settings.SITE_URL, url=page_url(letter))
    page_preview = previews.preview(
        view, LINK, options=previews.options_for(template_set(brand), brand.channel_options, LINK)
    )
    if page_preview.variant is None:
        raise Http404
    return _bare_context(of_variant(page_preview.variant, letter, live_since=now), brand)


def _bare_context(view: PublishedLetter, publication: Publication) -> dict[str, Any]:
    """Return what the page shows of the letter alone."""

    def options_of(channel: str) -> Options:
        return previews.options_for(template_set(publication), publication.channel_options, channel)

    return {
        "publication": publication,
        "feeds": [letter_feeds.of_publication(publication)],
        "language": view.language,
        "letter": view,
        "buttons": buttons(view.share_bar, _share_page(view), options_of=options_of),
        "buttons_language": language_of(view.language),
        "card_size": CARD_SIZE,
        "structured": structured_data(view, publication, {}),
        "series_url": "",
        "author_urls": {},
        "previous": None,
        "next": None,
        "stories": [],
    }


def _share_page(view: PublishedLetter) -> SharedPage:
    """Return the letter's page as readers pass it on."""
    return SharedPage(
        title=view.title,
        url=view.url,
        description=view.description,
        image=view.image_url,
        language=view.language,
        button=phrases.words(view.language)["read_letter"],
    )


def policy_for(context: dict[str, Any]) -> str:
    """Return the Content-Security-Policy of a letter's page: its own pictures, and what a button's own script needs."""
    further_sources: dict[str, str] = {}
    for button in context["buttons"]:
        for directive, sources in button.sources.items():
            further_sources[directive] = f"{further_sources.get(directive, '')} {sources}".strip()
    return policies.policy(further_sources, pictures=policies.pictures_in(context["letter"].body_html))


def neighbours(letter: Letter) -> tuple[PublishedLetter | None, PublishedLetter | None]:
    """Return the published letters before and after this one in its series; letters without a number come last."""
    if letter.series_id is None:
        return None, None
    run = newest_first(letter.publication).filter(letter__series=letter.series_id)
    run = run.order_by(F("letter__number").asc(nulls_last=True), "published_at", "pk")
    order = list(run.values_list("letter_id", flat=True))
    index = order.index(letter.pk)
    beside = {page.letter_id: page for page in run.filter(letter__in=order[max(index - 1, 0) : index + 2])}
    before = published_letter(beside[order[index - 1]]) if index > 0 else None
    after = published_letter(beside[order[index + 1]]) if index + 1 < len(order) else None
    return before, after


def author_urls(letter: Letter) -> dict[str, str]:
    """Return where the pages of a letter's authors are, by their names.

    The page names them as they were when it went out; one who is no author of the letter any more has no link.
    """
    authors = letter.authors.select_related("publication")
    return {author.name: letter_feeds.of_author(author).home for author in authors}


def top_stories(publication: Publication, *, today: date) -> list[PublishedLetter]:
    """Return the publication's most read letters, the most read first."""
    order = [story.key for story in insights.top(publication, today=today)]
    pages = {page.letter_id: page for page in newest_first(publication).filter(letter__in=order)}
    return [published_letter(pages[key]) for key in order if key in pages]


def structured_data(view: PublishedLetter, publication: Publication, authors: Mapping[str, str]) -> dict[str, Any]:
    """Return the letter as a schema.org Article (https://schema.org/Article). `authors` are their pages, by name."""
    home = f"{settings.SITE_URL}/{publication.slug}/"
    properties = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": view.title,
        "description": view.description,
        "url": view.url,
        "mainEntityOfPage": view.canonical,
        "datePublished": view.published_at.isoformat(),
        "dateModified": view.changed_at.isoformat() if view.changed_at else "",
        "inLanguage": view.language,
        "articleSection": view.section,
        "image": view.picture_url,
        "author": [_person(name, authors.get(name, "")) for name in view.authors],
        "publisher": _organization(publication, home),
        "isPartOf": {"@type": "CreativeWorkSeries", "name": view.series_title} if view.series_title else None,
        "position": view.number,
    }
    return {key: value for key, value in properties.items() if value}


def _organization(publication: Publication, home: str) -> dict[str, str]:
    organization = {"@type": "Organization", "name": publication.name, "url": home}
    logo = publication.view(site_url=settings.SITE_URL).logo
    return {**organization, "logo": logo.url} if logo else organization


def _person(name: str, path: str) -> dict[str, str]:
    person = {"@type": "Person", "name": name}
    return {**person, "url": f"{settings.SITE_URL}{path}"} if path else person
