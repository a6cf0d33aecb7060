"""A letter as a mail: subject, HTML and text as Jinja2 sources for the recipient pass."""

from __future__ import annotations

import re

from distributor.channels.base import Options
from distributor.channels.mail.envelope import Envelope
from distributor.channels.mail.message import BadAddress, sender_address
from distributor.channels.mail.missing_values import attribute_notes, with_attributes
from distributor.channels.mail.payload import MailPayload
from distributor.domain.digests import DigestView
from distributor.domain.letters import LetterView
from distributor.domain.variants import Concern, Variant
from distributor.rendering import bodies
from distributor.rendering.addresses import ascii_url
from distributor.rendering.digest import digest_mail
from distributor.rendering.letter import letter_mail

# Gmail shows the rest only after a click on "View entire message" (https://support.google.com/mail/thread/6256652).
GMAIL_CLIPS_ABOVE = 102_000  # bytes

_UNSUBSCRIBE = "recipient.unsubscribe_url"
_IMAGE_WITHOUT_ALT = re.compile(r"<img\b(?![^>]*\salt\s*=)[^>]*>", re.IGNORECASE)


def compose(letter: LetterView, options: Options) -> Variant:
    """Render the letter pass. The tracked link `/c/TRACK/n` leads to the n-th of the payload's `links`, from 0.

    Raises TemplateError, also for what only the recipient pass would find to be no Jinja2.
    """
    mail = letter_mail(letter, slug=options.templates, track=options.track)
    address = ascii_url(letter.url)
    variant = Variant(
        "mail",
        subject=mail.subject,
        html=mail.html,
        text=mail.text,
        link=address,
        image_url=letter.image_url,
        payload=MailPayload(
            envelope=Envelope.of(letter.publication),
            links=mail.links,
            language=letter.language or letter.publication.language,
            letter_url=address,
            postal_address=letter.publication.postal_address,
            pictures_without_text=bodies.pictures_without_text(letter.body_html),
        ),
    )
    return with_attributes(variant, options)


def compose_digest(digest: DigestView, options: Options) -> Variant:
    """Render a digest's letter pass; its address is the archive's. Links and errors are as `compose` has them."""
    mail = digest_mail(digest, slug=options.templates, track=options.track)
    publication = digest.publication
    envelope = Envelope.of(publication, kind="digest")
    variant = Variant(
        "mail",
        subject=mail.subject,
        html=mail.html,
        text=mail.text,
        link=ascii_url(envelope.archive_url),
        payload=MailPayload(
            envelope=envelope,
            links=mail.links,
            language=publication.language,
            letter_url=ascii_url(envelope.archive_url),
            postal_address=publication.postal_address,
        ),
    )
    return with_attributes(variant, options)


def check(variant: Variant) -> tuple[Concern, ...]:
    """Say what an editor should know about the mail."""
    return (*_refusals(variant), *_warnings(variant), *attribute_notes(variant))


def _refusals(variant: Variant) -> list[Concern]:
    concerns: list[Concern] = []
    envelope = MailPayload.of(variant).envelope
    sender = envelope.sender_email
    if not sender:
        concerns.append(
            Concern("The publication has no sender address: add one in its settings before mail can go out.", "refuse")
        )
    elif not _can_send(sender):
        message = "The publication’s sender address can’t be used: correct it, with only ASCII letters before the @."
        concerns.append(Concern(message, "refuse"))
    if envelope.reply_to and not _can_send(envelope.reply_to):
        message = "The publication’s reply-to address can’t be used: correct it, with only ASCII letters before the @."
        concerns.append(Concern(message, "refuse"))
    if not variant.subject.strip():
        concerns.append(Concern("The mail has no subject: the letter needs a title.", "refuse"))
    parts_without_link = [
        part for part, source in (("HTML", variant.html), ("text", variant.text)) if _UNSUBSCRIBE not in source
    ]
    if parts_without_link:
        names = " and ".join(parts_without_link)
        message = f"The mail’s {names} part has no unsubscribe link: write {{{{ {_UNSUBSCRIBE} }}}}."
        concerns.append(Concern(message, "refuse"))
    return concerns


def _can_send(sender: str) -> bool:
    try:
        sender_address(sender)
    except BadAddress:
        return False
    return True


def _warnings(variant: Variant) -> list[Concern]:
    payload = MailPayload.of(variant)
    concerns: list[Concern] = []
    # The whole mail: its text part goes with it.
    size = sum(len(part.encode("utf-8", "surrogatepass")) for part in (variant.html, variant.text))
    if size > GMAIL_CLIPS_ABOVE:
        message = f"The mail is {size / 1000:,.0f} kB long: Gmail cuts it off at 102 kB and hides the rest."
        concerns.append(Concern(message))
    without = payload.pictures_without_text or len(_IMAGE_WITHOUT_ALT.findall(variant.html))
    if without:
        pictures = "A picture has" if without == 1 else f"{without} pictures have"
        concerns.append(
            Concern(f"{pictures} no alternative text, for readers who don’t see it: add one to the letter.")
        )
    if not payload.postal_address:
        message = (
            "The publication has no postal address, which many countries’ laws want in emails: add it in its settings."
        )
        concerns.append(Concern(message))
    if not payload.letter_url:
        message = "The letter has no page on the web, so the mail has no link to it and no share links."
        concerns.append(Concern(message, "note"))
    return concerns
