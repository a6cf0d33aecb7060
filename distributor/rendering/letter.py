"""The letter pass of a mail: rendered once, with what differs per recipient left as Jinja2 expressions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import css_inline
from markupsafe import Markup

from distributor.domain import media_names, recipient_fields
from distributor.domain.capabilities import Capabilities
from distributor.domain.letters import LetterView, PublicationView
from distributor.domain.text_fit import fit
from distributor.domain.text_lines import one_line
from distributor.rendering import bodies, fonts, pictures
from distributor.rendering.addresses import ascii_url
from distributor.rendering.bounds import counted
from distributor.rendering.colours import mail_accents
from distributor.rendering.context import base_url, letter_context
from distributor.rendering.environment import environment, render_with
from distributor.rendering.placeholders import Placeholders
from distributor.rendering.plain_text import plain_text
from distributor.rendering.template_sets import TemplateSet
from distributor.rendering.tracking import track

SUBJECT, HTML, TEXT = "email/subject.txt", "email/letter.html", "email/letter.txt"

# What mail programs show beside the subject; the longest do about this much.
_PREHEADER = Capabilities("a preheader", limit=140, counts="graphemes")

# Without keep_at_rules the @media rules for dark mode and phones are dropped.
_INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class LetterMail:
    """A letter as a mail: Jinja2 sources for the recipient pass, and where its tracked links lead (from 0)."""

    subject: str
    html: str
    text: str
    links: tuple[str, ...] = ()


def letter_mail(letter: LetterView, *, slug: str | TemplateSet = "", track: bool = False) -> LetterMail:
    """Render the letter's mail templates: `email/subject.txt`, `email/letter.html`, `email/letter.txt`.

    In them `recipient` is the one who gets it, to be written out only: what depends on the recipient in another way
    goes into `per_recipient("…Jinja2…")`. The letter's own text can write a few fields (`domain.recipient_fields`).
    Whatever else looks like Jinja2 in the result is text. With
    `track` the HTML's links are tracked (see `tracking`), where the publication has a site. Raises TemplateError.
    """
    placeholders = Placeholders(_sign(letter))
    templates = environment(slug)
    templates.finalize = counted(placeholders.finalize)
    personal = recipient_fields.with_fields(letter, placeholders.field)
    context = {**mail_context(personal), **placeholders.context()}
    subject, html, text = (render_with(templates, template, context) for template in (SUBJECT, HTML, TEXT))
    return finish(subject, html, text, placeholders, site=letter.publication.root_url if track else "")


def finish(subject: str, html: str, text: str, placeholders: Placeholders, *, site: str) -> LetterMail:
    """Return rendered templates as a mail: styles go into the elements, and links are tracked where there is a site."""
    html = placeholders.encoded_in_addresses(_INLINER.inline(html), html=True)
    text = placeholders.encoded_in_addresses(text, html=False)
    html, links = track(html, placeholders, site=site) if site else (html, ())
    return LetterMail(
        subject=placeholders.source(one_line(subject)),
        html=placeholders.source(html),
        text=placeholders.source(text.strip() + "\n"),
        links=links,
    )


def mail_context(letter: LetterView) -> dict[str, Any]:
    """Return what mail templates see: what every template does, the body's HTML and links, and the share links."""
    context = letter_context(letter)
    site_url = letter.publication.site_url
    body = pictures.for_mail(bodies.safe_html(letter.body_html, base=base_url(letter)), site_url=site_url)
    share_url = ascii_url(letter.shared_url)
    return {
        **context,
        **accent_context(letter.publication),
        "body": Markup(body),  # noqa: S704 - made safe in the line above
        "body_text": plain_text(body) or letter.body_text,
        "body_links": bodies.links(body),
        "preheader": preheader(letter.editor_note or context["lead"]),
        **_picture(letter),
        "share_link": share_url,
        "share_links": letter.share_links,
    }


def _picture(letter: LetterView) -> dict[str, str]:
    """Return the letter's own picture as the mail shows it above the text, all "" where the body has it."""
    nothing = {"picture": "", "picture_width": "", "picture_height": ""}
    if not letter.image_url or letter.image_url in letter.body_html:
        return nothing
    name = media_names.of_address(letter.image_url, letter.publication.site_url)
    if name is None:  # a size that nobody knows: as wide as the column
        return {**nothing, "picture": letter.image_url, "picture_width": str(pictures.MAIL_WIDTH)}
    attributes = pictures.mail_picture(name, letter.publication.site_url, width=name.width)
    return {"picture": attributes["src"], "picture_width": attributes["width"], "picture_height": attributes["height"]}


def accent_context(publication: PublicationView) -> dict[str, str]:
    """Return the publication's colour as mail templates use it: `accent` on light paper, `accent_in_dark` on dark; and
    its fonts (`fonts.mail_context`).
    """
    accent, in_dark = mail_accents(publication.colour)
    chosen_fonts = fonts.mail_context(publication.text_font, publication.heading_font)
    return {"accent": accent, "accent_in_dark": in_dark, **chosen_fonts}


def preheader(text: str) -> str:
    """Return as much of a text as mail programs show beside the subject."""
    return next(iter(fit(" ".join(text.split()), _PREHEADER).parts), "")


def _sign(letter: LetterView) -> str:
    """Return what marks begin with: made of the letter, so that no letter can contain its own."""
    return f"d{hashlib.sha256(repr(letter).encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"
