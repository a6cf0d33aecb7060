"""What Graph's error codes mean for a post on a page, beyond what Threads has in common with it."""

from __future__ import annotations

from datetime import datetime

import httpx

from distributor.channels import meta
from distributor.channels.meta import GraphError
from distributor.domain.outcomes import Outcome, Rejected

DUPLICATE = 506
BAD_PICTURE = 324
# 1500 “The url you supplied is invalid”; 1609005 and 1609008: the link's page could not be read, or isn't one.
LINK_CODES = frozenset({1500, 1_609_005, 1_609_008})

BLOCKED_LINK = "Facebook can’t read the page that the post links to: see that its address opens for everybody."
UNREADABLE_PICTURE = "Facebook can’t use the picture: choose another one for the letter."


def outcome(error: GraphError, response: httpx.Response, now: datetime) -> Outcome:
    """Say what an error means for a post. A duplicate has to be looked up first and is none of this one's."""
    if response.is_client_error and {error.code, error.subcode} & LINK_CODES:
        return Rejected(BLOCKED_LINK, code=error.code_text, raw=error.raw)
    if response.is_client_error and error.code == BAD_PICTURE:
        return Rejected(UNREADABLE_PICTURE, code=error.code_text, raw=error.raw)
    return meta.outcome("Facebook", error, response, now)
