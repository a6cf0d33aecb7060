"""Payloads: each channel has its own, and what any version stored is read again."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distributor.channels import registry, stored_variants
from distributor.channels.base import Options
from distributor.channels.mail.compose import compose_digest
from distributor.channels.mail.payload import MailPayload
from distributor.channels.twitter.payload import TwitterPayload
from distributor.domain.digests import Cadence, DigestLetter, DigestView
from distributor.domain.errors import BadRecord
from distributor.domain.letters import LetterView
from distributor.domain.variants import Payload, Variant
from tests.unit.channels.test_every_channel import LETTERS, options_of
from tests.unit.rendering.letters import HARBOR, LETTER

STORED = Path(__file__).parent / "stored_variants"

every = pytest.mark.parametrize("name", registry.names())


def rows(name: str) -> list[dict[str, Any]]:
    """Return variants of a channel as version 0.1 stored them: a whole letter, settings of its own, a bare letter."""
    stored: list[dict[str, Any]] = json.loads((STORED / f"{name}.json").read_text())
    return stored


def through_json(variant: Variant) -> Variant:
    return stored_variants.read(json.loads(json.dumps(variant.to_json())))


@every
def test_each_channel_has_a_payload_of_its_own(name: str) -> None:
    channel = registry.get(name)
    payload = channel.payload
    assert payload.__module__ == f"distributor.channels.{name}.payload"
    assert is_dataclass(payload)
    assert payload() == payload(), "each field has a default"
    assert not hasattr(payload(), "__dict__"), "it has slots"
    assert type(channel.compose(LETTER, Options()).payload) is payload


@every
def test_what_was_stored_is_read_and_stored_in_the_same_shape(name: str) -> None:
    for row in rows(name):
        variant = stored_variants.read(row)
        assert type(variant.payload) is registry.get(name).payload
        again = json.loads(json.dumps(variant.to_json()))
        assert {**again, "data": {**again["data"], **row["data"]}} == again, "what came later has its default"
        assert {**row, "data": again["data"]} == again


@every
def test_what_another_version_stored_is_read(name: str) -> None:
    """What this version does not know is passed over, and what the other did not know has its default."""
    payload = registry.get(name).payload
    for row in rows(name):
        newer = {**row, "mood": "calm", "data": {**row["data"], "mood": {"sea": "calm"}}}
        assert stored_variants.read(newer) == stored_variants.read(row)
        older = {**row, "data": {}}
        assert stored_variants.read(older).payload == payload()
        del older["data"], older["language"], older["picture"]
        assert stored_variants.read(older).payload == payload()


@every
def test_what_is_of_another_type_is_refused_by_its_name(name: str) -> None:
    (row, *_rest) = rows(name)
    for field in row["data"]:
        broken = {**row, "data": {**row["data"], field: 0.5}}
        with pytest.raises(BadRecord, match=f"data.{field}"):
            stored_variants.read(broken)
    with pytest.raises(BadRecord, match="parts"):
        stored_variants.read({**row, "parts": "one"})


def storable(letter: LetterView) -> LetterView:
    """Return a letter as the database can hold it: without a half of a surrogate pair."""
    texts = {name: getattr(letter, name) for name in ("title", "body_text", "editor_note", "image_alt")}
    whole = {name: text.encode(errors="replace").decode() for name, text in texts.items()}
    series = letter.series and replace(letter.series, title=letter.series.title.encode(errors="replace").decode())
    authors = tuple(replace(author, name=author.name.encode(errors="replace").decode()) for author in letter.authors)
    return replace(letter, **whole, series=series, authors=authors)


@every
@settings(deadline=None, max_examples=25)
@given(letter=LETTERS.map(storable), data=st.data())
def test_every_letters_variant_is_read_as_it_was_stored(name: str, letter: LetterView, data: st.DataObject) -> None:
    channel = registry.get(name)
    variant = channel.compose(letter, data.draw(st.sampled_from(options_of(name))))
    assert through_json(variant) == variant
    assert type(variant.payload) is channel.payload


def test_a_digest_is_read_as_it_was_stored() -> None:
    letter = DigestLetter(moment=1, title="Fog", url="https://letters.example.com/harbor/letters/fog/", lead="Fog.")
    variant = compose_digest(DigestView(HARBOR, Cadence.DAILY, (letter,)), Options())
    assert through_json(variant) == variant
    assert MailPayload.of(variant).envelope.kind == "digest"
    assert letter.url in MailPayload.of(variant).links


def test_the_variant_of_a_channel_that_is_gone_has_no_payload() -> None:
    variant = stored_variants.read({**rows("twitter")[0], "channel": "pigeon"})
    assert (variant.channel, variant.payload) == ("pigeon", Payload())


def test_a_payload_is_asked_for_by_its_own_channel_only() -> None:
    variant = Variant("twitter", parts=("one",))
    assert TwitterPayload.of(variant) == TwitterPayload()
    chosen = TwitterPayload(link="first", reply_settings="following")
    assert TwitterPayload.of(replace(variant, payload=chosen)) == chosen
    with pytest.raises(TypeError, match="twitter has a TwitterPayload, no MailPayload"):
        MailPayload.of(replace(variant, payload=chosen))


SPARSE = ("attributes", "missing")  # stored where they say something only


def test_mail_stores_its_envelope_among_the_others() -> None:
    """Where tracked links lead is read by SQL, and rows from before there were payloads have this shape."""
    stored = registry.get("mail").compose(LETTER, Options()).to_json()["data"]
    envelope = {field.name for field in fields(MailPayload().envelope)}
    assert set(stored) == envelope | {field.name for field in fields(MailPayload)} - {"envelope", *SPARSE}
    assert stored["links"]
