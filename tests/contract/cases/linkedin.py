"""LinkedIn, as a page."""

from __future__ import annotations

from distributor.channels.linkedin.adapter import LinkedInChannel
from tests.contract.cases.spec import Spec, posting

SPEC = Spec(
    LinkedInChannel,
    posting("linkedin"),
    too_long="long " * 601,
    notices_repeats=True,
    refuses_old_words=True,
)
