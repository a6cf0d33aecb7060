"""A post with a picture: a container is made, Threads fetches the picture into it, then it is published.

Nobody sees a container until it is published, so that making one twice harms nobody, and unpublished ones end after a
day. The container that a try made is kept for the next one (`Intent.kept`), which asks how far it is: nobody waits.

Source: https://developers.facebook.com/docs/threads/troubleshooting (a container's states).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import httpx

from distributor.channels import http, meta
from distributor.channels.response_bodies import json_object
from distributor.channels.responses import lost_answer, unreachable
from distributor.channels.threads import refusals
from distributor.channels.threads.api import ThreadsApi
from distributor.domain.errors import AddressRefused
from distributor.domain.outcomes import Deferred, Outcome, Unconfirmed

CONTAINER = "container"
TRIED = "tried"  # to publish it, and the answer was lost: it may be there

FINISHED, FAILED, EXPIRED, PUBLISHED = "FINISHED", "ERROR", "EXPIRED", "PUBLISHED"
UNKNOWN = ""  # it can't be seen, whatever the reason

_NO_WORD = Deferred("Threads could not be asked how far the picture is; nothing was posted yet.")


def publish(api: ThreadsApi, form: Mapping[str, str], memory: Mapping[str, str], now: datetime) -> str | Outcome:
    """Return the new post's number, or what became of it."""
    container = memory.get(CONTAINER, "")
    if container:
        state, problem = _state(api, container)
        if isinstance(state, Deferred):
            return replace(state, keep=memory)
        if state == PUBLISHED or (state == UNKNOWN and memory.get(TRIED)):
            reason = "Threads may have the post, but does not list it: look there before you send it again."
            return Unconfirmed(reason, keep=memory)
        if state in (EXPIRED, UNKNOWN):
            container = ""
    if not container:
        container_result = _make(api, form, now)
        if not isinstance(container_result, str):
            return container_result
        container = container_result
        state, problem = _state(api, container)
    keep = {CONTAINER: container}
    if isinstance(state, Deferred):
        return replace(state, keep=keep)
    if state == FAILED:
        return refusals.bad_picture(f"({problem})" if problem else "")
    if state != FINISHED:
        return Deferred("Threads is still fetching the picture.", now + refusals.SOON, code="in-progress", keep=keep)
    return _publish(api, container, now)


def is_published(api: ThreadsApi, memory: Mapping[str, str]) -> bool:
    """Whether Threads says of the kept container that it is out. Raises what httpx raises."""
    container = memory.get(CONTAINER, "")
    if not container:
        return False
    return json_object(api.get(container, fields="status")).get("status") == PUBLISHED


def _make(api: ThreadsApi, form: Mapping[str, str], now: datetime) -> str | Outcome:
    try:
        response = api.post("me/threads", form)
    except (AddressRefused, httpx.RequestError):
        return Deferred("Threads did not answer; nothing was posted.")
    container = meta.read_id(response)
    if response.is_success and container:
        return container
    outcome = refusals.outcome(meta.read_error(response, api.secrets), response, now)
    if isinstance(outcome, Unconfirmed) or response.is_success:
        raw = getattr(outcome, "raw", {})
        return Deferred("Threads had an error of its own with the picture; nothing was posted.", raw=raw)
    return outcome


def _state(api: ThreadsApi, container: str) -> tuple[str | Deferred, str]:
    """Return a container's state and, where it failed, why."""
    try:
        response = api.get(container, fields="status,error_message")
    except (AddressRefused, httpx.RequestError):
        return _NO_WORD, ""
    if response.is_success:
        about = json_object(response)
        reason = str(about.get("error_message") or "")
        return str(about.get("status") or UNKNOWN), reason if reason.replace("_", "").isalpha() else ""
    error = meta.read_error(response, api.secrets)
    asked_too_much = error.code in meta.SLOW_DOWN_CODES or response.status_code == httpx.codes.TOO_MANY_REQUESTS
    if asked_too_much or error.code in meta.TOKEN_CODES or not response.is_client_error:
        return replace(_NO_WORD, raw=error.raw), ""
    return UNKNOWN, ""


def _publish(api: ThreadsApi, container: str, now: datetime) -> str | Outcome:
    keep, attempt_memory = {CONTAINER: container}, {CONTAINER: container, TRIED: "yes"}
    try:
        response = api.post("me/threads_publish", {"creation_id": container})
    except http.NEVER_SENT:
        return replace(unreachable("Threads"), keep=keep)
    except httpx.RequestError:
        return replace(lost_answer("Threads"), keep=attempt_memory)
    if response.is_success:
        return meta.read_id(response) or Unconfirmed("Threads answered without the post’s number.", keep=attempt_memory)
    outcome = refusals.outcome(meta.read_error(response, api.secrets), response, now)
    if isinstance(outcome, Unconfirmed):
        return replace(outcome, keep=attempt_memory)
    if isinstance(outcome, Deferred) and outcome.code != str(refusals.NOT_THERE_YET):
        return replace(outcome, keep=keep)
    return outcome  # a container that Threads has lost is never found again: the next try makes another one
