"""X's uploads in the practice world: begin, parts in order, end, and the alternative text.

Sources: https://docs.x.com/x-api/media/quickstart/media-upload-chunked and …/best-practices; the OpenAPI description of
API v2.
"""

from __future__ import annotations

import json
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from distributor.practice import forms
from distributor.practice.store import Store
from distributor.practice.twitter.accounts import CHANNEL, Accounts, User
from distributor.practice.twitter.errors import invalid, problem

MOST_BYTES = 5 * 1024 * 1024  # of a picture, and of one part
MOST_ALT_TEXT = 1000
LASTS = 86_400  # seconds
BEGINNINGS = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}


class Media:
    def __init__(self, store: Store, accounts: Accounts) -> None:
        self._store = store
        self._accounts = accounts

    async def initialize(self, request: Request) -> Response:
        user = await self._accounts.of(request)
        refusal = _refusal(user)
        if user is None or refusal is not None:
            return refusal or _unauthorized()
        payload = _object(await request.body())
        kind, size = payload.get("media_type"), payload.get("total_bytes")
        if kind not in BEGINNINGS or payload.get("media_category", "tweet_image") not in ("tweet_image", "tweet_gif"):
            return invalid(f"$.media_type: {kind} can not be used here")
        if type(size) is not int or size <= 0:
            return invalid("$.total_bytes: integer expected")
        if size > MOST_BYTES:
            return invalid(f"Image file size must be <= {MOST_BYTES} bytes")
        media_id = str(time.time_ns())
        about = {"user": user.id, "type": kind, "size": size, "parts": 0, "ready": False, "alt": ""}
        self._store.keep(CHANNEL, f"media:{media_id}", about)
        self._store.keep_file(name_of(media_id), str(kind), b"")
        return self._answer(media_id)

    async def append(self, request: Request) -> Response:
        media_id, about, refusal = await self._upload(request)
        if refusal:
            return refusal
        form = await forms.read(request)
        index, chunk = form.texts.get("segment_index", ""), form.files.get("media", forms.Upload()).content
        if "media" not in form.files or len(chunk) > MOST_BYTES:
            return invalid("$.media: is missing or too large")
        if index != str(about["parts"]):
            return invalid(f"$.segment_index: {index} is not the next one, which is {about['parts']}")
        before = self._content(media_id)
        if about["ready"] or len(before) + len(chunk) > about["size"]:
            return invalid("The media has more bytes than were announced")
        self._store.keep_file(name_of(media_id), about["type"], before + chunk)
        self._store.keep(CHANNEL, f"media:{media_id}", {**about, "parts": about["parts"] + 1})
        return JSONResponse({"data": {"expires_at": int(time.time()) + LASTS}})

    async def finalize(self, request: Request) -> Response:
        media_id, about, refusal = await self._upload(request)
        if refusal:
            return refusal
        content = self._content(media_id)
        if len(content) != about["size"]:
            return invalid(f"Segments do not add up to provided total file size: {len(content)} of {about['size']}")
        if not content.startswith(BEGINNINGS[about["type"]]):
            return invalid("The media is not of the type that was announced")
        self._store.keep(CHANNEL, f"media:{media_id}", {**about, "ready": True})
        return self._answer(media_id, size=len(content))

    async def status(self, request: Request) -> Response:
        media_id, _, refusal = await self._upload(request, request.query_params.get("media_id", ""))
        return refusal or self._answer(media_id, processing_info={"state": "succeeded", "progress_percent": 100})

    async def metadata(self, request: Request) -> Response:
        payload = _object(await request.body())
        media_id, about, refusal = await self._upload(request, str(payload.get("id", "")))
        if refusal:
            return refusal
        metadata = payload.get("metadata")
        alt = metadata.get("alt_text") if isinstance(metadata, dict) else None
        text = alt.get("text") if isinstance(alt, dict) else None
        if not isinstance(text, str) or not 0 < len(text) <= MOST_ALT_TEXT:
            return invalid(f"$.metadata.alt_text.text: must be 1 to {MOST_ALT_TEXT} characters long")
        self._store.keep(CHANNEL, f"media:{media_id}", {**about, "alt": text})
        return JSONResponse({"data": {"id": media_id, "associated_metadata": {"alt_text": {"text": text}}}})

    def attach(self, user: User, media_ids: object) -> list[dict[str, str]] | None:
        """Return the pictures that a post shows; None where one can't be used."""
        if not isinstance(media_ids, list) or not 1 <= len(media_ids) <= 4:
            return None
        pictures = []
        for media_id in media_ids:
            about = self._store.note(CHANNEL, f"media:{media_id}")
            if about is None or not about["ready"] or about["user"] != user.id:
                return None
            pictures.append({"file": name_of(media_id), "alt": about["alt"]})
        return pictures

    async def _upload(self, request: Request, name: str = "") -> tuple[str, dict[str, Any], Response | None]:
        """Return the upload that a request is about, or why there is none for it."""
        media_id = name or request.path_params.get("media_id", "")
        user = await self._accounts.of(request)
        refusal = _refusal(user)
        about = self._store.note(CHANNEL, f"media:{media_id}")
        if not refusal and (about is None or user is None or about["user"] != user.id):
            refusal = invalid(f"The media id {media_id} is invalid")
        return media_id, about or {}, refusal

    def _content(self, media_id: str) -> bytes:
        file = self._store.file(name_of(media_id))
        return file[1] if file else b""

    def _answer(self, media_id: str, **extra: object) -> Response:
        return JSONResponse(
            {"data": {"id": media_id, "media_key": f"3_{media_id}", "expires_after_secs": LASTS, **extra}}
        )


def name_of(media_id: str) -> str:
    """Return the name by which a picture's file is kept."""
    return f"x-{media_id}"


def _refusal(user: User | None) -> Response | None:
    if user is None:
        return _unauthorized()
    if "media.write" not in user.scopes:
        return problem(403, "Forbidden", "You are not permitted to perform this action.")
    return None


def _unauthorized() -> Response:
    return problem(401, "Unauthorized", "Unauthorized")


def _object(body: bytes) -> dict[str, Any]:
    try:
        result = json.loads(body)
    except ValueError:
        return {}
    return result if isinstance(result, dict) else {}
