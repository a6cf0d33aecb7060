"""How a publication's letters go out on each channel."""

from __future__ import annotations

from typing import Annotated

from ninja import Path, Router, Schema
from pydantic import AfterValidator, Field

from distributor.api.authentication import ApiRequest
from distributor.api.etags import check_match
from distributor.api.operations import note, operation
from distributor.api.parameters import LONGEST_NAME, Body, Name, storable
from distributor.api.problems import ProblemError
from distributor.api.v1.publications import publication_row
from distributor.channels import registry
from distributor.delivery.variants import channel_settings, channel_settings_store
from distributor.letters.models import Publication

router = Router(tags=["Channel settings"])

ChannelName = Annotated[
    str,
    Path(max_length=LONGEST_NAME, description="As the share bar has it.", examples=["mail"]),
    AfterValidator(storable),
]
Value = Annotated[str, Field(max_length=channel_settings.LONGEST), AfterValidator(storable)]


class ChannelSetting(Schema):
    """One setting as it holds."""

    name: str = Field(examples=["thread"])
    label: str = Field(examples=["Thread"])
    help: str = Field(examples=["Split a post that is too long into a thread."])
    choices: list[str] = Field(description="The values that it takes; empty for any text.", examples=[["no", "yes"]])
    default: str = Field(examples=["no"])
    value: str = Field(examples=["yes"])
    problem: str = Field("", description="What is stored and can't be used: the default holds.", examples=[""])


class ChannelSettings(Schema):
    """What a publication chose for one channel."""

    channel: str = Field(examples=["twitter"])
    label: str = Field(examples=["X"])
    settings: list[ChannelSetting]


class ChannelSettingsChange(Body):
    """Settings to change by name, an empty text for the default; all others stay as they are."""

    settings: dict[Name, Value] = Field(max_length=100, examples=[{"thread": "yes"}])


@operation(
    router, "GET", "/publications/{slug}/channels", id="channel_settings.list",
    summary="What a publication chose for its channels", scope="publications:read", returns=list[ChannelSettings],
)  # fmt: skip
def list_channels(request: ApiRequest, slug: str) -> list[ChannelSettings]:
    row = publication_row(request, slug)
    return [_settings(row, channel) for channel in registry.names()]


@operation(
    router, "GET", "/publications/{slug}/channels/{channel}", id="channel_settings.show",
    summary="What it chose for one channel", scope="publications:read", returns=ChannelSettings,
)  # fmt: skip
def show_channel(request: ApiRequest, slug: str, channel: ChannelName) -> ChannelSettings:
    return _settings(publication_row(request, slug), channel)


@operation(
    router, "PATCH", "/publications/{slug}/channels/{channel}", id="channel_settings.update",
    summary="Choose for one channel", scope="publications:write", returns=ChannelSettings,
)  # fmt: skip
def update_channel(
    request: ApiRequest, slug: str, channel: ChannelName, body: ChannelSettingsChange
) -> ChannelSettings:
    """What is out does not change by it."""
    row = publication_row(request, slug, lock=True)
    check_match(request, _settings(row, channel))
    channel_settings_store.store(row, channel, body.settings)
    note(request, subject=f"publication {row.slug}", publication=row, channel=channel, settings=sorted(body.settings))
    return _settings(row, channel)


def _settings(row: Publication, channel: str) -> ChannelSettings:
    if channel not in registry.CHANNELS:
        raise ProblemError("not-found", "There is no such channel.")
    states = channel_settings.states_of(row.channel_options, channel)
    return ChannelSettings(
        channel=channel,
        label=registry.label(channel),
        settings=[ChannelSetting(**state.to_json()) for state in states],
    )
