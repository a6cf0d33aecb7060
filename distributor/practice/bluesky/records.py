"""Whether a record is a post as Bluesky has it: the lexicons, read anew.

Sources: https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky: feed/post.json, richtext/facet.json,
embed/external.json, embed/images.json. In two things this is stricter than the real service, which takes a facet
outside of the text and an answer to a post that isn't there, and shows neither: a mistake should be seen here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import regex

POSTS = "app.bsky.feed.post"
MOST_GRAPHEMES, MOST_BYTES = 300, 3_000
LARGEST_PICTURE = 1_000_000

_TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
_LANGUAGE = re.compile(r"(i|[a-z]{2,3})(-[A-Za-z0-9]+)*")
_URI = re.compile(r"\w+:(?://)?[^\s/][^\s]*")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

CidOf = Callable[[str], str]  # of a post by its address, "" for none
Blob = Callable[[str], Mapping[str, Any] | None]  # an uploaded file by its CID


class Invalid(Exception):
    """The record breaks a rule; `word` is XRPC's for it."""

    def __init__(self, problem: str, place: str = "", *, word: str = "InvalidRequest") -> None:
        super().__init__(f"Invalid {POSTS} record: {problem} at $.record{place}" if place else problem)
        self.word = word


def check_post(record: object, *, key: str, cid_of: CidOf, blob: Blob) -> None:
    """Raise Invalid unless this is a post that may be stored under this key."""
    if not _TID.fullmatch(key):
        raise Invalid(f'Invalid record key for {POSTS}: Invalid TID string (got "{key}") at $')
    if not isinstance(record, dict) or record.get("$type") != POSTS:
        raise Invalid(f"Invalid $type: expected {POSTS}")
    text = record.get("text")
    if not isinstance(text, str):
        raise Invalid("Expected string value type", ".text")
    size, graphemes = len(text.encode()), len(regex.findall(r"\X", text))
    if size > MOST_BYTES:
        raise Invalid(f"string too big (maximum {MOST_BYTES}, got {size})", ".text")
    if graphemes > MOST_GRAPHEMES:
        raise Invalid(f"grapheme too big (maximum {MOST_GRAPHEMES}, got {graphemes})", ".text")
    _check_time(record.get("createdAt"))
    _check_languages(record.get("langs", []))
    for place, facet in enumerate(record.get("facets", [])):
        _check_facet(facet, text.encode(), f".facets[{place}]")
    if "reply" in record:
        for role in ("root", "parent"):
            ref = record["reply"].get(role) or {}
            if not ref.get("cid") or cid_of(str(ref.get("uri"))) != ref["cid"]:
                raise Invalid("no such post", f".reply.{role}")
    if "embed" in record:
        _check_embed(record["embed"], blob)


def pictures_of(record: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the pictures of a post as the practice world's page shows them."""
    embed = record.get("embed") or {}
    pictures = [(image["image"], image["alt"]) for image in embed.get("images", [])]
    if thumb := (embed.get("external") or {}).get("thumb"):
        pictures.append((thumb, embed["external"]["title"]))
    return [{"file": f"bluesky-{blob['ref']['$link']}", "alt": alt} for blob, alt in pictures]


def _check_time(value: object) -> None:
    wrong = Invalid(f'Invalid datetime (got "{value}")', ".createdAt")
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise wrong
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise wrong from None


def _check_languages(values: object) -> None:
    if not isinstance(values, list) or len(values) > 3:
        raise Invalid("array too big (maximum 3)", ".langs")
    for value in values:
        if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
            raise Invalid(f'Invalid language (got "{value}")', ".langs[0]")


def _check_facet(facet: Mapping[str, Any], text: bytes, place: str) -> None:
    start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
    if not 0 <= start < end <= len(text):
        raise Invalid("the index lies outside of the text", place)
    try:
        content = text[start:end].decode()
    except ValueError:
        raise Invalid("the index lies within a character", place) from None
    for feature in facet["features"]:
        kind = feature["$type"].removeprefix("app.bsky.richtext.facet#")
        if kind == "link" and not _URI.fullmatch(feature["uri"]):
            raise Invalid(f'Invalid uri (got "{feature["uri"]}")', place)
        if kind == "mention" and not feature["did"].startswith("did:"):
            raise Invalid(f'Invalid did (got "{feature["did"]}")', place)
        tag = feature.get("tag", "")
        if kind == "tag" and (not tag or len(tag.encode()) > 640 or content[1:] != tag):
            raise Invalid("this is no tag", place)
        if kind not in ("link", "mention", "tag"):
            raise Invalid(f"unknown feature {kind}", place)


def _check_embed(embed: Mapping[str, Any], blob: Blob) -> None:
    kind = embed.get("$type")
    if kind == "app.bsky.embed.external":
        external = embed["external"]
        if not all(isinstance(external.get(name), str) for name in ("uri", "title", "description")):
            raise Invalid("Expected string value type", ".embed.external")
        if not _URI.fullmatch(external["uri"]):
            raise Invalid(f'Invalid uri (got "{external["uri"]}")', ".embed.external.uri")
        if "thumb" in external:
            _check_blob(external["thumb"], blob, ".embed.external.thumb")
    elif kind == "app.bsky.embed.images":
        if not 1 <= len(embed["images"]) <= 4:
            raise Invalid("array too big (maximum 4)", ".embed.images")
        for image in embed["images"]:
            if not isinstance(image.get("alt"), str):
                raise Invalid("Expected string value type", ".embed.images[0].alt")
            _check_blob(image["image"], blob, ".embed.images[0].image")
    else:
        raise Invalid(f"unknown embed {kind}", ".embed")


def _check_blob(value: Mapping[str, Any], blob: Blob, place: str) -> None:
    cid = value["ref"]["$link"]
    upload = blob(cid)
    if upload is None:
        raise Invalid(f"Could not find blob: {cid}", word="BlobNotFound")
    if value["size"] != upload["size"] or value["mimeType"] != upload["mimeType"]:
        raise Invalid("Referenced blob does not match what was uploaded", word="InvalidSize")
    if not value["mimeType"].startswith("image/") or value["size"] > LARGEST_PICTURE:
        raise Invalid(f"blob too large (maximum {LARGEST_PICTURE})", place)
