"""The first comment below a post: a step of its own, which never undoes the post and is never made twice.

Source: https://developers.facebook.com/docs/graph-api/reference/object/comments/ (pages_manage_engagement, and the
page's task MODERATE).
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from distributor.channels import http
from distributor.channels.base import LookupAway
from distributor.channels.facebook.api import PageApi
from distributor.channels.lookups import comparable
from distributor.channels.meta import UNKNOWN_CODES, read_error, read_id, read_list
from distributor.channels.response_bodies import mapping
from distributor.domain.errors import AddressRefused

PAGES_LOOKED_AT = 5


def add(api: PageApi, post_id: str, comment: str) -> dict[str, str]:
    """Comment on a post that was just made. Return {"id": …}, or {"missing": why} as a sentence. Raises nothing."""
    try:
        response = api.post(f"{post_id}/comments", {"message": comment})
    except http.NEVER_SENT:
        return _missing_comment("Facebook could not be reached for it.")
    except httpx.RequestError:
        return _after_lost_answer(api, post_id, comment)
    if response.is_success and read_id(response):
        return {"id": read_id(response)}
    error = read_error(response, api.secrets)
    if not response.is_client_error or error.code in UNKNOWN_CODES:
        return _after_lost_answer(api, post_id, comment)
    return _missing_comment(f"Facebook refused it: {error.message or error.code_text}")


def complete(api: PageApi, post_id: str, comment: str) -> dict[str, str]:
    """Comment on an older post where the comment isn't there yet; the result is as `add`'s.

    Raises LookupAway, and what httpx raises, when its comments could not be looked at: then nothing was done.
    """
    comment_id = _find(api, post_id, comment)
    if comment_id is None:
        return _missing_comment("Facebook does not show this app the post’s comments.")
    return {"id": comment_id} if comment_id else add(api, post_id, comment)


def _after_lost_answer(api: PageApi, post_id: str, comment: str) -> dict[str, str]:
    try:
        comment_id = _find(api, post_id, comment)
    except (LookupAway, AddressRefused, httpx.RequestError):
        comment_id = None
    return {"id": comment_id} if comment_id else _missing_comment("Facebook’s answer was lost.")


def _find(api: PageApi, post_id: str, comment: str) -> str | None:
    """Return the page's own comment's number, "" when it isn't there, None when we may not see. Raises LookupAway."""
    query = {"fields": "id,message,from", "order": "chronological", "limit": "100"}
    for _ in range(PAGES_LOOKED_AT):
        response = api.get(f"{post_id}/comments", **query)
        comments = read_list(response)
        if comments is None:
            if response.is_client_error and response.status_code != httpx.codes.TOO_MANY_REQUESTS:
                return None
            raise LookupAway(f"Facebook would not show the post’s comments ({response.status_code}).")
        entries, after = comments
        for entry in entries:
            if _by(entry) in ("", api.page_id) and comparable(str(entry.get("message", ""))) == comparable(comment):
                return str(entry.get("id", "")) or None
        if not after:
            return ""
        query["after"] = after
    return None  # too many to be sure


def _by(entry: Mapping[str, object]) -> str:
    return str(mapping(entry.get("from")).get("id", ""))


def _missing_comment(reason: str) -> dict[str, str]:
    return {"missing": f"The first comment with the link is missing: {reason} Add it by hand."}
