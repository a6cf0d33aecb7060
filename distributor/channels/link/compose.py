"""A letter as a page of ours: its article and what others read about it (Open Graph, feeds)."""

from __future__ import annotations

from distributor.channels.base import Options
from distributor.channels.link.payload import LinkPayload
from distributor.domain.capabilities import Capabilities
from distributor.domain.letters import LetterView
from distributor.domain.text_fit import fit
from distributor.domain.variants import Concern, Variant
from distributor.rendering import bodies, pictures
from distributor.rendering.addresses import ascii_url
from distributor.rendering.context import base_url, letter_context

# Readers of Open Graph descriptions show about this much (https://ogp.me names no limit).
_DESCRIPTION = Capabilities("a description", limit=200, counts="graphemes")


def compose(letter: LetterView, options: Options) -> Variant:  # noqa: ARG001 - the page's templates are the reader's
    """Return the page's document: `html` is the article's safe HTML, `link` the page's address."""
    context = letter_context(letter)
    publication = letter.publication
    address = f"{publication.site_url}/letters/{letter.slug}/" if publication.site_url else letter.url
    html = pictures.for_page(
        bodies.safe_html(letter.body_html, base=base_url(letter) or address), site_url=publication.site_url
    )
    description = fit(context["lead"], _DESCRIPTION).parts
    return Variant(
        "link",
        html=html,
        text=letter.body_text,
        link=address,
        image_url=letter.image_url,
        payload=LinkPayload(
            title=letter.title,
            description=description[0] if description else "",
            image=ascii_url(letter.image_url),
            image_alt=letter.image_alt,
            canonical=ascii_url(letter.canonical_url or address),
            published=letter.published_at.isoformat() if letter.published_at else "",
            section=letter.section,
            authors=tuple(author.name for author in letter.authors),
            author=context["authors_line"],
            bios=tuple(author.bio for author in letter.authors if author.bio),
            language=context["language"],
            site_name=publication.name,
            colour=publication.colour,
            series=letter.series.title if letter.series else "",
            number=letter.series.number if letter.series else None,
            editor_note=letter.editor_note,
            share_bar=letter.share_bar,
            pictures_without_text=bodies.pictures_without_text(html),
        ),
    )


def check(variant: Variant) -> tuple[Concern, ...]:
    """Say what an editor should know about the page."""
    payload = LinkPayload.of(variant)
    concerns: list[Concern] = []
    if not variant.link:
        concerns.append(Concern("The publication has no site, so the letter’s page has no address.", "refuse"))
    if not variant.html.strip():
        concerns.append(Concern("The letter has no text: its page would be empty.", "refuse"))
    if without := payload.pictures_without_text:
        pictures = "A picture has" if without == 1 else f"{without} pictures have"
        concerns.append(
            Concern(f"{pictures} no alternative text, for readers who don’t see it: add one to the letter.")
        )
    if not variant.image_url:
        concerns.append(Concern("The letter has no picture: links to its page show a card with its title.", "note"))
    elif not payload.image_alt:
        concerns.append(
            Concern("The picture has no alternative text, for people who don’t see it: add it to the letter.")
        )
    return tuple(concerns)
