"""What it means for one recipient that their mail could not be made."""

from __future__ import annotations

import logging

from distributor.channels.mail.message import BadAddress
from distributor.domain.errors import TemplateError
from distributor.domain.outcomes import Rejected
from distributor.domain.recipients import Recipient

logger = logging.getLogger(__name__)


def unmade(recipient: Recipient, error: Exception) -> Rejected:
    """Return the outcome. Whatever the error is, it is about this one mail; what it says may hold their values."""
    if isinstance(error, TemplateError):
        return Rejected(str(error), code="template")
    if isinstance(error, BadAddress):
        return Rejected("This is not a mail address.", code="address")
    kind = type(error).__name__
    logger.error("A mail could not be made for recipient %s: %s", recipient.id, kind)
    return Rejected(f"The mail could not be made for this recipient ({kind}): check the template.", code="template")
