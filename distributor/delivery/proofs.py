"""A proof of a letter's mail: sent to whoever looks it over, as a reader would get it, by the same engine."""

from __future__ import annotations

from typing import Final

from distributor.channels import registry
from distributor.delivery.mail.transactional import MailOrder, send_mail_to
from distributor.delivery.mail.transactional_content import MailContent
from distributor.delivery.models import TransactionalMail
from distributor.delivery.variants import letter_previews
from distributor.delivery.variants.previews import sample_mail
from distributor.domain.errors import BadInput
from distributor.letters.models import Letter

MARK: Final = "[Test]"  # before the subject, so that nobody takes it for the letter


def send(letter: Letter, *, email: str, actor: str) -> TransactionalMail:
    """Store a proof of a letter's mail as it is now, for one address, and wake a worker for it.

    It is made for a made-up reader. Raises BadInput for no address, for a mail that can't be made, and where no account
    is connected; TemplateError.
    """
    if not email:
        raise BadInput("Your account has no mail address: give it one first, then send the test.")
    entry = letter_previews.of_letter(letter, registry.ADDRESSED_CHANNEL)
    if entry.preview.variant is None:
        raise BadInput("The mail can’t be made: mend what the review says of it, then send the test.")
    mail = sample_mail(entry.preview.variant, entry.publication)
    content = MailContent(f"{MARK} {mail.subject}", mail.html, mail.text)
    return send_mail_to(letter.publication, MailOrder(email=email, content=content), actor=actor)
