"""People and their lists, as programs tell of them and read them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, cast
from uuid import UUID

from ninja import Schema
from pydantic import Field

from distributor.api.parameters import Body, Moment, Slug, Text
from distributor.audience.models import Subscriber, Subscription
from distributor.audience.subscriptions import Agreement

Cadence = Literal["each letter", "daily", "weekly"]
SubscriptionWord = Literal["active", "left"]
State = Literal["active", "left", "suppressed"]
ListName = Annotated[Slug, Field(min_length=1)]
Address = Annotated[Text, Field(min_length=3, max_length=320, examples=["ana@inbox.example"])]
TagName = Annotated[Text, Field(min_length=1, max_length=50, examples=["press"])]
AttributeName = Annotated[Text, Field(min_length=1, max_length=100)]
AttributeText = Annotated[Text, Field(max_length=2_000)]
AttributeNumber = Annotated[int, Field(ge=-(2**53), le=2**53)]  # what JSON's readers have exactly
AttributeFraction = Annotated[float, Field(allow_inf_nan=False)]
AttributeValue = bool | AttributeNumber | AttributeFraction | AttributeText
Attributes = Annotated[
    dict[AttributeName, AttributeValue | None],
    Field(max_length=200, examples=[{"city": "Seoul", "plan": "supporter"}]),
]


class Consent(Body):
    """That somebody agreed to get letters: what one has to show when one is asked (GDPR Art. 7)."""

    at: Moment = Field(
        description="When they agreed. Who left a list comes back by a consent of later than that alone.",
        examples=["2026-11-30T09:12:00+09:00"],
    )
    how: Text = Field(
        min_length=1,
        max_length=300,
        description="Where, and to which words.",
        examples=["Form on lantern.example/join: “Send me the letter each Friday”"],
    )

    def agreement(self) -> Agreement:
        """Return it as the audience has it."""
        return Agreement(self.at, self.how)


class PersonChange(Body):
    """What is to be different about a person; what is left out stays."""

    name: Annotated[Text, Field(max_length=200)] | None = Field(None, examples=["Ana Reyes"])
    language: Annotated[Text, Field(max_length=35)] | None = Field(None, description="BCP 47.", examples=["ko"])
    time_zone: Annotated[Text, Field(max_length=64)] | None = Field(None, examples=["Asia/Seoul"])
    attributes: Attributes = Field(
        {}, description="Put beside those that are there; null removes one.", examples=[{"city": "Seoul", "old": None}]
    )

    tags: Annotated[list[TagName], Field(max_length=50)] | None = Field(
        None, description="All that they have from now on, in small letters.", examples=[["press", "vip"]]
    )


class NewPerson(PersonChange):
    """A person to make or to change, and the lists to put them on."""

    email: Address = Field(description="Whoever has it already is changed.")
    lists: list[ListName] = Field([], max_length=100, description="Short names of lists.", examples=[["readers"]])
    consent: Consent | None = Field(None, description="Needed where “lists” names any.")
    cadence: Cadence | None = Field(None, description="How often on these lists; by default each letter.")


class NewSubscriptions(Body):
    """Lists to put a person on."""

    lists: list[ListName] = Field(min_length=1, max_length=100, examples=[["readers"]])
    consent: Consent
    cadence: Cadence | None = None


class SubscriptionState(Schema):
    """A person's place on a list."""

    list_id: int
    list: str = Field(description="The list's short name.", examples=["readers"])
    publication: str = Field(examples=["lantern"])
    state: SubscriptionWord
    cadence: Cadence
    since: datetime = Field(description="Since when they are, or were, on it; anew for who came back.")
    left_at: datetime | None = None
    left_how: str = Field("", examples=["unsubscribed by postmark"])


class Person(Schema):
    """A person. A token for one publication sees their places on that one's lists alone."""

    key: UUID = Field(description="Names the person for good.")
    email: str = Field(examples=["ana@inbox.example"])
    name: str = ""
    language: str = ""
    time_zone: str = ""
    attributes: dict[str, object] = Field({}, examples=[{"city": "Seoul"}])
    tags: list[str] = Field([], description="Editors' own words about them.", examples=[["press"]])
    created_at: datetime
    suppressed: str | None = Field(
        None, description="Why the address gets no mail, whatever lists it is on; null where it does.",
        examples=["hard bounce"],
    )  # fmt: skip
    subscriptions: list[SubscriptionState] = []
    shared: bool = Field(
        default=False,
        description="They are on lists of other publications too: a token for one alone is told nothing of their name, "
        "language, zone, tags and attributes, and can't change them.",
    )


Placement = Literal["added", "there already", "back", "left"]
PLACEMENT_WORDS = (
    "By list: “added”; “there already”; “back” after they had left; “left”, and they stay off it, since the consent is"
    " not later than that."
)


class PlacedPerson(Person):
    """A person, and what became of the lists that were asked for."""

    placements: dict[str, Placement] = Field({}, description=PLACEMENT_WORDS, examples=[{"readers": "added"}])


class ErasureOrder(Body):
    """Whom to erase."""

    email: Address = Field(description="Also of somebody who is only suppressed, or not known at all.")
    confirmed: bool = Field(default=False, description="That a person wants it: it can't be undone.")


class Erasure(Schema):
    """What was there."""

    erased: bool = Field(description="Whether somebody had the address.")
    subscriptions: int = Field(description="On how many lists they were.")


def subscription_state(row: Subscription) -> SubscriptionState:
    """Return a subscription as it is read; its list and publication are at hand."""
    return SubscriptionState(
        list_id=row.list_id,
        list=row.list.slug,
        publication=row.list.publication.slug,
        state=cast("SubscriptionWord", row.state),
        cadence=cast("Cadence", row.cadence),
        since=row.since,
        left_at=row.left_at,
        left_how=row.left_how,
    )


def person_values(row: Subscriber, reason: str | None) -> dict[str, object]:
    """Return what a Person says of a subscriber whose subscriptions are at hand; `reason` is the suppression's.

    The row is such as `audience.directory.with_subscriptions` gives.
    """
    is_shared = bool(getattr(row, "is_shared", False))
    hidden = {"name": "", "language": "", "time_zone": "", "attributes": {}, "tags": []}
    values = {name: getattr(row, name) for name in hidden}
    return {
        "key": row.key,
        "email": row.email,
        **(hidden if is_shared else values),
        "shared": is_shared,
        "created_at": row.created_at,
        "suppressed": reason,
        "subscriptions": [subscription_state(subscription) for subscription in row.subscriptions.all()],
    }
