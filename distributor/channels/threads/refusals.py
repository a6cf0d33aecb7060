"""What Threads' error codes mean for a post, beyond what Facebook has in common with it."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx

from distributor.channels import meta
from distributor.channels.meta import GraphError
from distributor.domain.outcomes import Deferred, Outcome, Rejected

# 24 with 4279009, “The requested resource does not exist”: a container or a post that was made a moment ago and has not
# reached the server that is asked, as many report (https://github.com/gitroomhq/postiz-app/pull/2047). Nothing is
# published then.
NOT_THERE_YET = 24
SOON = timedelta(seconds=30)  # “we recommend waiting on average 30 seconds before publishing”
# Instagram's codes for pictures, which Threads answers with as well
# (https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes).
BAD_PICTURE = frozenset({2_207_004, 2_207_005, 2_207_009, 2_207_052})


def outcome(error: GraphError, response: httpx.Response, now: datetime) -> Outcome:
    """Say what an error means for a post."""
    if response.is_client_error and error.code == NOT_THERE_YET:
        reason = "Threads does not know yet what this follows on; it goes on by itself."
        return Deferred(reason, retry_at=now + SOON, code=error.code_text, raw=error.raw)
    if error.subcode in BAD_PICTURE:
        return bad_picture(error.message, error)
    return meta.outcome("Threads", error, response, now)


def bad_picture(cause: str, error: GraphError | None = None) -> Rejected:
    """The picture can't be fetched or used; nothing is posted."""
    reason = f"Threads can’t use the picture, and nothing was posted: see that its address opens for everybody. {cause}"
    return Rejected(reason.strip(), code=error.code_text if error else "picture", raw=error.raw if error else {})
