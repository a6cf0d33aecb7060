"""What becomes of letters that come by themselves, as feeds and doors have it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from distributor.api.authentication import ApiRequest
from distributor.api.parameters import Body, Slug, Text
from distributor.newsroom.intake_rules import RuleSettings
from distributor.people import api_tokens

Series = Annotated[Text, Field(max_length=300, examples=["Letters from the Pier"])]
ChannelName = Annotated[Text, Field(max_length=32, examples=["mail"])]


class Rules(Schema):
    """How letters are planned; empty is as their publication and share bar have it."""

    series: str = ""
    channels: list[str] = []
    lists: list[str] = []
    segment: str = ""
    hold_minutes: int | None = None
    approve: bool = Field(False, description="They go out by themselves; else each waits as a draft.")
    news_limit: int = Field(5, description="How many go out by themselves in 24 hours.")


class RulesChange(Body):
    """Rules to choose; what is not named stays as it is."""

    series: Series | None = None
    channels: list[ChannelName] | None = Field(None, max_length=50)
    lists: list[Slug] | None = Field(None, max_length=50)
    segment: Slug | None = None
    hold_minutes: int | None = Field(None, ge=0, le=1_000_000)
    approve: bool | None = None
    news_limit: int | None = Field(None, ge=0, le=1_000)


def changed_rules(request: ApiRequest, rules: RuleSettings, change: RulesChange | None) -> RuleSettings:
    """Return rules with what a request names; null for `hold_minutes` is the publication's own.

    Raises NotPermitted where letters would go out by themselves, for a token that may not approve.
    """
    if change is None:
        return rules
    values: dict[str, Any] = change.model_dump(exclude_unset=True)
    choices = {name: value for name, value in values.items() if value is not None or name == "hold_minutes"}
    result = replace(rules, **choices)
    if result.approve:
        api_tokens.require(request.auth, "dispatches:approve")
    return result


def rules_answer(rules: RuleSettings) -> Rules:
    """Return rules as answers have them."""
    return Rules(**asdict(rules))
