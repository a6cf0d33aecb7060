"""Mail to editors themselves: what the desk has to tell one of them, on the way that the installation's mail goes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from distributor.domain.errors import BadInput
from distributor.ports import Port

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorMail:
    """A mail to one editor, in words of their language: a line, paragraphs, and perhaps a link with its words.

    A `rehearsal` is made like any other and goes to nobody.
    """

    email: str
    name: str
    subject: str
    paragraphs: tuple[str, ...]
    link: str = ""
    link_text: str = ""
    rehearsal: bool = False


# Raises BadInput where no mail can go out.
SEND: Port[Callable[[EditorMail], None]] = Port("mail to editors")


def send(mail: EditorMail) -> bool:
    """Hand a mail over; return whether it is on its way. Where it can't be, a line in the log says why."""
    try:
        SEND.get()(mail)
    except BadInput as error:
        logger.warning("A mail to %s can't go out: %s", mail.name, error)
        return False
    return True
