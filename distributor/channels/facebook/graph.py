"""Graph API answers, read into types, and what its error codes mean for a post.

Sources: https://developers.facebook.com/docs/graph-api/guides/error-handling/ and
/docs/graph-api/overview/rate-limiting/.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from distributor.channels.answers import said, unclear
from distributor.channels.base import LookupAway
from distributor.domain.outcomes import Deferred, Outcome, Reconnect, Rejected, Unconfirmed

CLOCKS_DIFFER = timedelta(minutes=5)  # between this machine and the network, at the most that is plausible
USAGE_HIGH = 90  # percent of what the app may do; from 100 on calls fail

TOKEN_CODES = frozenset({102, 104, 190})
PERMISSION_CODES = frozenset({10, *range(200, 300)})
SLOW_DOWN_CODES = frozenset({4, 17, 32, 341, 613, 1_390_008, *range(80_000, 80_015)})
HELD_BACK = 368
DUPLICATE = 506
# “Possibly a temporary issue due to downtime”. Posts have appeared, again and again, although the answer was this one
# (https://github.com/arsduo/koala/issues/699): so it is looked for, and never simply posted again.
UNKNOWN_CODES = frozenset({1, 2})
PAUSE = timedelta(minutes=15)  # limits are counted over a sliding hour; the answer names no time

_WHY_TOKEN_ENDED = {
    458: "the app was removed from the account",
    459: "the account has to be unlocked on facebook.com",
    460: "its password was changed",
    463: "the token has expired",
    464: "the account is not confirmed",
    467: "the token was revoked",
    492: "its user no longer has a role on the page",
}


@dataclass(frozen=True, slots=True)
class GraphError:
    """An error body: `code` 0 where there was none. `message` is shortened and holds no secret."""

    code: int
    subcode: int
    message: str


@dataclass(frozen=True, slots=True)
class Story:
    """One post of a page's feed."""

    id: str
    message: str
    url: str
    created_at: datetime | None


def read_error(answer: httpx.Response, secrets: Iterable[str]) -> GraphError:
    """Read an error body, whatever came."""
    error = _object(answer).get("error")
    if not isinstance(error, Mapping):
        return GraphError(0, 0, "")
    code, subcode = error.get("code"), error.get("error_subcode")
    text = error.get("error_user_msg") or error.get("message") or ""
    return GraphError(
        code if isinstance(code, int) else 0, subcode if isinstance(subcode, int) else 0, said(str(text), secrets)
    )


def outcome(error: GraphError, answer: httpx.Response, now: datetime) -> Outcome:
    """Say what an error means for a post. A duplicate has to be looked up first and is none of this one's."""
    code = str(error.code or answer.status_code)
    if error.code in TOKEN_CODES:
        why = _WHY_TOKEN_ENDED.get(error.subcode)
        ended = "Facebook no longer accepts this account’s token"
        return Reconnect(f"{ended}: {why}. Connect it again." if why else f"{ended}: connect it again.", code=code)
    if error.code in PERMISSION_CODES:
        return Reconnect(f"Facebook does not let this account post on the page: {error.message}", code=code)
    if error.code in SLOW_DOWN_CODES or (not error.code and answer.status_code == httpx.codes.TOO_MANY_REQUESTS):
        return Deferred("Facebook takes no more posts for now.", retry_at=now + _pause(answer), code=code)
    if error.code == HELD_BACK:
        return Rejected(f"Facebook holds this account back for its rules: {error.message}", code=code)
    if error.code in UNKNOWN_CODES:
        return Unconfirmed(f"Facebook had an error of its own ({code}), which does not say what became of the post.")
    if answer.is_client_error:
        return Rejected(f"Facebook refused the post: {error.message or code}", code=code)
    return unclear("Facebook", answer.status_code)


def post_id(answer: httpx.Response) -> str:
    """Return the new post's number; "" when the answer has none."""
    found = _object(answer).get("id")
    return found if isinstance(found, str) else ""


def read_feed(answer: httpx.Response) -> tuple[list[Story], str]:
    """Return a page's stories and the cursor after them, "" at the end. Raises LookupAway when it is no feed.

    The body's own `next` link is never used: Graph puts the token into it.
    """
    body = _object(answer)
    stories = body.get("data")
    if not answer.is_success or not isinstance(stories, list):
        raise LookupAway(f"Facebook would not show the page’s posts ({answer.status_code}).")
    paging = body.get("paging")
    paging = paging if isinstance(paging, Mapping) else {}
    cursors = paging.get("cursors")
    after = str(cursors.get("after", "")) if isinstance(cursors, Mapping) and "next" in paging else ""
    return [_story(story) for story in stories if isinstance(story, Mapping) and story.get("id")], after


def usage(answer: httpx.Response) -> int:
    """Return the highest percentage in `x-app-usage`; 0 where there is none."""
    try:
        figures = json.loads(answer.headers.get("x-app-usage", "{}"))
        return max((int(figure) for figure in figures.values()), default=0)
    except (ValueError, TypeError, AttributeError):
        return 0


def comparable(message: str) -> str:
    """Return a message so that Facebook's own changes to white space do not matter."""
    return " ".join(unicodedata.normalize("NFC", message).split())


def _story(story: Mapping[str, Any]) -> Story:
    try:
        created_at = datetime.strptime(str(story.get("created_time")), "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        created_at = None
    return Story(str(story["id"]), str(story.get("message", "")), str(story.get("permalink_url", "")), created_at)


def _pause(answer: httpx.Response) -> timedelta:
    """Return how long to wait: what a page's own usage header says, else a fixed while."""
    try:
        cases = json.loads(answer.headers.get("x-business-use-case-usage", "{}"))
        minutes = max(int(case["estimated_time_to_regain_access"]) for several in cases.values() for case in several)
    except (ValueError, TypeError, AttributeError, KeyError):
        return PAUSE
    return max(timedelta(minutes=minutes), timedelta(minutes=1))


def _object(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
