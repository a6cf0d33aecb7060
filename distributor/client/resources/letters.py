"""Calls of the API about letters."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import (
    Letter,
    LetterIntake,
    LetterItem,
    LetterPictures,
    Preflight,
    Previews,
    QueueAnswer,
    Version,
    VersionDetails,
    WithdrawalAnswer,
)
from distributor.client.transport import AsyncTransport, Transport


class LettersCalls:
    """Letters."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        publication: str = UNSET,
        series: str = UNSET,
        author: str = UNSET,
        tag: str = UNSET,
        state: str = UNSET,
        search: str = UNSET,
        source_id: str = UNSET,
        canonical_url: str = UNSET,
        created_since: datetime | None = UNSET,
        created_before: datetime | None = UNSET,
        published_since: datetime | None = UNSET,
        published_before: datetime | None = UNSET,
        fields: str = UNSET,
        limit: int = UNSET,
    ) -> Iterator[LetterItem]:
        """Letters, the newest first."""
        return self._transport.pages(
            Call(
                "GET",
                "/letters",
                query={
                    "publication": publication,
                    "series": series,
                    "author": author,
                    "tag": tag,
                    "state": state,
                    "search": search,
                    "source_id": source_id,
                    "canonical_url": canonical_url,
                    "created_since": created_since,
                    "created_before": created_before,
                    "published_since": published_since,
                    "published_before": published_before,
                    "fields": fields,
                    "limit": limit,
                },
            ),
            LetterItem,
        )

    def create(
        self,
        *,
        title: str | None = UNSET,
        html: str | None = UNSET,
        markdown: str | None = UNSET,
        summary: str | None = UNSET,
        editor_note: str | None = UNSET,
        authors: Sequence[Mapping[str, Any]] | None = UNSET,
        series: Mapping[str, Any] | None = UNSET,
        section: str | None = UNSET,
        language: str | None = UNSET,
        published_at: datetime | None = UNSET,
        canonical_url: str | None = UNSET,
        image: Mapping[str, Any] | None = UNSET,
        share_bar: Sequence[str] | None = UNSET,
        social: Mapping[str, str] | None = UNSET,
        tags: Sequence[str] | None = UNSET,
        publication: str = UNSET,
        id_: str = UNSET,
        url: str = UNSET,
        slug: str = UNSET,
        copy_pictures: bool = UNSET,
        corrects: int | None = UNSET,
        is_new: bool = UNSET,
        queue: Mapping[str, Any] | None = UNSET,
        idempotency_key: str = "",
    ) -> LetterIntake:
        """Take in a letter."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    "/letters",
                    body={
                        "title": title,
                        "html": html,
                        "markdown": markdown,
                        "summary": summary,
                        "editor_note": editor_note,
                        "authors": authors,
                        "series": series,
                        "section": section,
                        "language": language,
                        "published_at": published_at,
                        "canonical_url": canonical_url,
                        "image": image,
                        "share_bar": share_bar,
                        "social": social,
                        "tags": tags,
                        "publication": publication,
                        "id": id_,
                        "url": url,
                        "slug": slug,
                        "copy_pictures": copy_pictures,
                        "corrects": corrects,
                        "is_new": is_new,
                        "queue": queue,
                    },
                    once=True,
                    key=idempotency_key,
                )
            ),
            LetterIntake,
        )

    def create_many(self, *, lines: Iterable[Any]) -> builtins.list[Any]:
        """Take in many letters."""
        return calls.rows_of(self._transport.send(Call("POST", "/letters/bulk", lines=lines)))

    def show(self, letter_id: int) -> Letter:
        """One letter."""
        return calls.model_of(self._transport.send(Call("GET", f"/letters/{calls.segment(letter_id)}")), Letter)

    def update(
        self,
        letter_id: int,
        *,
        title: str | None = UNSET,
        html: str | None = UNSET,
        markdown: str | None = UNSET,
        summary: str | None = UNSET,
        editor_note: str | None = UNSET,
        authors: Sequence[Mapping[str, Any]] | None = UNSET,
        series: Mapping[str, Any] | None = UNSET,
        section: str | None = UNSET,
        language: str | None = UNSET,
        published_at: datetime | None = UNSET,
        canonical_url: str | None = UNSET,
        image: Mapping[str, Any] | None = UNSET,
        share_bar: Sequence[str] | None = UNSET,
        social: Mapping[str, str] | None = UNSET,
        tags: Sequence[str] | None = UNSET,
        if_match: str = "",
    ) -> Letter:
        """Change a letter."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "PATCH",
                    f"/letters/{calls.segment(letter_id)}",
                    body={
                        "title": title,
                        "html": html,
                        "markdown": markdown,
                        "summary": summary,
                        "editor_note": editor_note,
                        "authors": authors,
                        "series": series,
                        "section": section,
                        "language": language,
                        "published_at": published_at,
                        "canonical_url": canonical_url,
                        "image": image,
                        "share_bar": share_bar,
                        "social": social,
                        "tags": tags,
                    },
                    if_match=if_match,
                )
            ),
            Letter,
        )

    def queue(
        self,
        letter_id: int,
        *,
        channels: Sequence[str] = UNSET,
        at: str = UNSET,
        next_slot: bool = UNSET,
        hold_minutes: int | None = UNSET,
        lists: Sequence[str] = UNSET,
        segment: str = UNSET,
        spread_hours: int = UNSET,
        approve: bool = UNSET,
        idempotency_key: str = "",
    ) -> QueueAnswer:
        """Queue a letter."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/letters/{calls.segment(letter_id)}/dispatches",
                    body={
                        "channels": channels,
                        "at": at,
                        "next_slot": next_slot,
                        "hold_minutes": hold_minutes,
                        "lists": lists,
                        "segment": segment,
                        "spread_hours": spread_hours,
                        "approve": approve,
                    },
                    once=True,
                    key=idempotency_key,
                )
            ),
            QueueAnswer,
        )

    def describe_picture(self, letter_id: int, *, alt: str, if_match: str = "") -> Letter:
        """Say what a letter's picture shows."""
        return calls.model_of(
            self._transport.send(
                Call("PUT", f"/letters/{calls.segment(letter_id)}/image/alt", body={"alt": alt}, if_match=if_match)
            ),
            Letter,
        )

    def put_back(self, letter_id: int, number: int, *, what: str, idempotency_key: str = "") -> Letter:
        """Put back what was left out."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/letters/{calls.segment(letter_id)}/left-out/{calls.segment(number)}",
                    body={"what": what},
                    once=True,
                    key=idempotency_key,
                )
            ),
            Letter,
        )

    def pictures(self, letter_id: int) -> LetterPictures:
        """A letter's pictures."""
        return calls.model_of(
            self._transport.send(Call("GET", f"/letters/{calls.segment(letter_id)}/pictures")), LetterPictures
        )

    def preflight(
        self, letter_id: int, *, channels: str = UNSET, lists: str = UNSET, segment: str = UNSET
    ) -> Preflight:
        """What to know before a letter is queued."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "GET",
                    f"/letters/{calls.segment(letter_id)}/preflight",
                    query={"channels": channels, "lists": lists, "segment": segment},
                )
            ),
            Preflight,
        )

    def previews(self, letter_id: int, *, channels: str = UNSET) -> Previews:
        """A letter's variants now."""
        return calls.model_of(
            self._transport.send(
                Call("GET", f"/letters/{calls.segment(letter_id)}/previews", query={"channels": channels})
            ),
            Previews,
        )

    def versions(self, letter_id: int, *, limit: int = UNSET) -> Iterator[Version]:
        """Its versions, the latest first."""
        return self._transport.pages(
            Call("GET", f"/letters/{calls.segment(letter_id)}/versions", query={"limit": limit}), Version
        )

    def version(self, letter_id: int, number: int, *, since: int | None = UNSET) -> VersionDetails:
        """One version, and what it changed."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "GET",
                    f"/letters/{calls.segment(letter_id)}/versions/{calls.segment(number)}",
                    query={"since": since},
                )
            ),
            VersionDetails,
        )

    def restore(self, letter_id: int, number: int, *, idempotency_key: str = "") -> Letter:
        """Let a letter say again what it said."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/letters/{calls.segment(letter_id)}/versions/{calls.segment(number)}/restore",
                    once=True,
                    key=idempotency_key,
                )
            ),
            Letter,
        )

    def withdraw(
        self, letter_id: int, *, recall: bool = UNSET, confirmed: bool = UNSET, idempotency_key: str = ""
    ) -> WithdrawalAnswer:
        """Stop everything of a letter that is not out."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/letters/{calls.segment(letter_id)}/withdraw",
                    body={"recall": recall, "confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            WithdrawalAnswer,
        )


class AsyncLettersCalls:
    """Letters, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        publication: str = UNSET,
        series: str = UNSET,
        author: str = UNSET,
        tag: str = UNSET,
        state: str = UNSET,
        search: str = UNSET,
        source_id: str = UNSET,
        canonical_url: str = UNSET,
        created_since: datetime | None = UNSET,
        created_before: datetime | None = UNSET,
        published_since: datetime | None = UNSET,
        published_before: datetime | None = UNSET,
        fields: str = UNSET,
        limit: int = UNSET,
    ) -> AsyncIterator[LetterItem]:
        """Letters, the newest first."""
        return self._transport.pages(
            Call(
                "GET",
                "/letters",
                query={
                    "publication": publication,
                    "series": series,
                    "author": author,
                    "tag": tag,
                    "state": state,
                    "search": search,
                    "source_id": source_id,
                    "canonical_url": canonical_url,
                    "created_since": created_since,
                    "created_before": created_before,
                    "published_since": published_since,
                    "published_before": published_before,
                    "fields": fields,
                    "limit": limit,
                },
            ),
            LetterItem,
        )

    async def create(
        self,
        *,
        title: str | None = UNSET,
        html: str | None = UNSET,
        markdown: str | None = UNSET,
        summary: str | None = UNSET,
        editor_note: str | None = UNSET,
        authors: Sequence[Mapping[str, Any]] | None = UNSET,
        series: Mapping[str, Any] | None = UNSET,
        section: str | None = UNSET,
        language: str | None = UNSET,
        published_at: datetime | None = UNSET,
        canonical_url: str | None = UNSET,
        image: Mapping[str, Any] | None = UNSET,
        share_bar: Sequence[str] | None = UNSET,
        social: Mapping[str, str] | None = UNSET,
        tags: Sequence[str] | None = UNSET,
        publication: str = UNSET,
        id_: str = UNSET,
        url: str = UNSET,
        slug: str = UNSET,
        copy_pictures: bool = UNSET,
        corrects: int | None = UNSET,
        is_new: bool = UNSET,
        queue: Mapping[str, Any] | None = UNSET,
        idempotency_key: str = "",
    ) -> LetterIntake:
        """Take in a letter."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    "/letters",
                    body={
                        "title": title,
                        "html": html,
                        "markdown": markdown,
                        "summary": summary,
                        "editor_note": editor_note,
                        "authors": authors,
                        "series": series,
                        "section": section,
                        "language": language,
                        "published_at": published_at,
                        "canonical_url": canonical_url,
                        "image": image,
                        "share_bar": share_bar,
                        "social": social,
                        "tags": tags,
                        "publication": publication,
                        "id": id_,
                        "url": url,
                        "slug": slug,
                        "copy_pictures": copy_pictures,
                        "corrects": corrects,
                        "is_new": is_new,
                        "queue": queue,
                    },
                    once=True,
                    key=idempotency_key,
                )
            ),
            LetterIntake,
        )

    async def create_many(self, *, lines: Iterable[Any]) -> builtins.list[Any]:
        """Take in many letters."""
        return calls.rows_of(await self._transport.send(Call("POST", "/letters/bulk", lines=lines)))

    async def show(self, letter_id: int) -> Letter:
        """One letter."""
        return calls.model_of(await self._transport.send(Call("GET", f"/letters/{calls.segment(letter_id)}")), Letter)

    async def update(
        self,
        letter_id: int,
        *,
        title: str | None = UNSET,
        html: str | None = UNSET,
        markdown: str | None = UNSET,
        summary: str | None = UNSET,
        editor_note: str | None = UNSET,
        authors: Sequence[Mapping[str, Any]] | None = UNSET,
        series: Mapping[str, Any] | None = UNSET,
        section: str | None = UNSET,
        language: str | None = UNSET,
        published_at: datetime | None = UNSET,
        canonical_url: str | None = UNSET,
        image: Mapping[str, Any] | None = UNSET,
        share_bar: Sequence[str] | None = UNSET,
        social: Mapping[str, str] | None = UNSET,
        tags: Sequence[str] | None = UNSET,
        if_match: str = "",
    ) -> Letter:
        """Change a letter."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "PATCH",
                    f"/letters/{calls.segment(letter_id)}",
                    body={
                        "title": title,
                        "html": html,
                        "markdown": markdown,
                        "summary": summary,
                        "editor_note": editor_note,
                        "authors": authors,
                        "series": series,
                        "section": section,
                        "language": language,
                        "published_at": published_at,
                        "canonical_url": canonical_url,
                        "image": image,
                        "share_bar": share_bar,
                        "social": social,
                        "tags": tags,
                    },
                    if_match=if_match,
                )
            ),
            Letter,
        )

    async def queue(
        self,
        letter_id: int,
        *,
        channels: Sequence[str] = UNSET,
        at: str = UNSET,
        next_slot: bool = UNSET,
        hold_minutes: int | None = UNSET,
        lists: Sequence[str] = UNSET,
        segment: str = UNSET,
        spread_hours: int = UNSET,
        approve: bool = UNSET,
        idempotency_key: str = "",
    ) -> QueueAnswer:
        """Queue a letter."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/letters/{calls.segment(letter_id)}/dispatches",
                    body={
                        "channels": channels,
                        "at": at,
                        "next_slot": next_slot,
                        "hold_minutes": hold_minutes,
                        "lists": lists,
                        "segment": segment,
                        "spread_hours": spread_hours,
                        "approve": approve,
                    },
                    once=True,
                    key=idempotency_key,
                )
            ),
            QueueAnswer,
        )

    async def describe_picture(self, letter_id: int, *, alt: str, if_match: str = "") -> Letter:
        """Say what a letter's picture shows."""
        return calls.model_of(
            await self._transport.send(
                Call("PUT", f"/letters/{calls.segment(letter_id)}/image/alt", body={"alt": alt}, if_match=if_match)
            ),
            Letter,
        )

    async def put_back(self, letter_id: int, number: int, *, what: str, idempotency_key: str = "") -> Letter:
        """Put back what was left out."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/letters/{calls.segment(letter_id)}/left-out/{calls.segment(number)}",
                    body={"what": what},
                    once=True,
                    key=idempotency_key,
                )
            ),
            Letter,
        )

    async def pictures(self, letter_id: int) -> LetterPictures:
        """A letter's pictures."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/letters/{calls.segment(letter_id)}/pictures")), LetterPictures
        )

    async def preflight(
        self, letter_id: int, *, channels: str = UNSET, lists: str = UNSET, segment: str = UNSET
    ) -> Preflight:
        """What to know before a letter is queued."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "GET",
                    f"/letters/{calls.segment(letter_id)}/preflight",
                    query={"channels": channels, "lists": lists, "segment": segment},
                )
            ),
            Preflight,
        )

    async def previews(self, letter_id: int, *, channels: str = UNSET) -> Previews:
        """A letter's variants now."""
        return calls.model_of(
            await self._transport.send(
                Call("GET", f"/letters/{calls.segment(letter_id)}/previews", query={"channels": channels})
            ),
            Previews,
        )

    def versions(self, letter_id: int, *, limit: int = UNSET) -> AsyncIterator[Version]:
        """Its versions, the latest first."""
        return self._transport.pages(
            Call("GET", f"/letters/{calls.segment(letter_id)}/versions", query={"limit": limit}), Version
        )

    async def version(self, letter_id: int, number: int, *, since: int | None = UNSET) -> VersionDetails:
        """One version, and what it changed."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "GET",
                    f"/letters/{calls.segment(letter_id)}/versions/{calls.segment(number)}",
                    query={"since": since},
                )
            ),
            VersionDetails,
        )

    async def restore(self, letter_id: int, number: int, *, idempotency_key: str = "") -> Letter:
        """Let a letter say again what it said."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/letters/{calls.segment(letter_id)}/versions/{calls.segment(number)}/restore",
                    once=True,
                    key=idempotency_key,
                )
            ),
            Letter,
        )

    async def withdraw(
        self, letter_id: int, *, recall: bool = UNSET, confirmed: bool = UNSET, idempotency_key: str = ""
    ) -> WithdrawalAnswer:
        """Stop everything of a letter that is not out."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/letters/{calls.segment(letter_id)}/withdraw",
                    body={"recall": recall, "confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            WithdrawalAnswer,
        )
