"""A watched feed as editors type it."""

from __future__ import annotations

from typing import Any

from django import forms

from distributor.desk.intake_rule_forms import IntakeRuleForm
from distributor.domain.feed_looks import LONGEST_MINUTES, SHORTEST_MINUTES
from distributor.newsroom import feed_actions
from distributor.newsroom.feed_actions import FeedSettings
from distributor.newsroom.models import WatchedFeed
from distributor.newsroom.models.feeds import URL_LIMIT

_TIME = f"A feed is looked at every {SHORTEST_MINUTES} to {LONGEST_MINUTES:,} minutes."


class FeedForm(IntakeRuleForm):
    """Address and rules; a feed that is there keeps its publication and address."""

    url = forms.CharField(max_length=URL_LIMIT, error_messages={"required": "Give the address of the feed."})
    interval_minutes = forms.IntegerField(
        min_value=SHORTEST_MINUTES,
        max_value=LONGEST_MINUTES,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _TIME),
    )

    def __init__(self, *args: Any, feed: WatchedFeed | None = None, **kwargs: Any) -> None:
        settings = feed_actions.settings_of(feed) if feed else FeedSettings()
        kwargs["initial"] = {
            **self.initial_of(settings.rules),
            "name": settings.name,
            "interval_minutes": settings.interval_minutes,
            **({"publication": feed.publication_id, "url": feed.url} if feed else {}),
        }
        super().__init__(*args, **kwargs)
        self.fields["publication"].disabled = self.fields["url"].disabled = feed is not None

    def settings(self) -> FeedSettings:
        """Return what was chosen; call it on a valid form."""
        return FeedSettings(self.cleaned_data["name"], self.cleaned_data["interval_minutes"], self.rules())
