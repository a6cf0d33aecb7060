"""Mail to editors: a transactional mail of the first publication that has a mail account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from distributor.delivery.accounts import accounts
from distributor.delivery.mail import transactional
from distributor.delivery.mail.transactional_content import content_of
from distributor.domain.errors import BadInput
from distributor.letters.models import Publication
from distributor.rendering.transactional import TemplateSources

_SOURCES: Final = TemplateSources(
    subject="{{ values.subject }}",
    html=(
        "{% for paragraph in values.paragraphs %}<p>{{ paragraph }}</p>{% endfor %}"
        '{% if values.link %}<p><a href="{{ values.link }}">{{ values.link_text }}</a></p>{% endif %}'
    ),
)


def is_possible() -> bool:
    """Whether any publication has an account that mail can go out through."""
    return _publication() is not None


def send(
    *,
    email: str,
    name: str,
    subject: str,
    paragraphs: Sequence[str],
    link: str = "",
    link_text: str = "",
    rehearsal: bool = False,
) -> None:
    """Store a mail to an editor and wake a worker for it. Raises BadInput where no mail can go out, or not to there.

    A `rehearsal` makes the mail and stores none: how long that takes tells nobody that there is no such editor.
    """
    publication = _publication()
    if publication is None:
        raise BadInput("No publication has a mail account: connect one first.")
    values = {"subject": subject, "paragraphs": list(paragraphs), "link": link, "link_text": link_text}
    order = transactional.MailOrder(email=email, name=name, sources=_SOURCES, values=values)
    if rehearsal:
        content_of(publication, template="", sources=_SOURCES, values=values)
    else:
        transactional.send_mail_to(publication, order, actor="desk")


def _publication() -> Publication | None:
    rows = Publication.objects.order_by("pk")
    return next((row for row in rows if accounts.for_channel(row, accounts.MAIL)), None)
