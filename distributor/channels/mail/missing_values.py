"""What becomes of somebody who has not all of the attributes that a mail writes: the publication's choice."""

from __future__ import annotations

from dataclasses import replace

from distributor.channels.base import ChannelSetting, Options
from distributor.channels.mail.payload import MailPayload
from distributor.channels.payloads import EMPTY, SKIP, STOP
from distributor.domain.variants import Concern, Variant
from distributor.rendering.attributes import needed_attributes
from distributor.rendering.mail import RecipientPass

MISSING = ChannelSetting(
    "missing_values",
    "Who lacks a value that the mail writes",
    help="A value such as {{ recipient.attributes.city }}, in a template of your own.",
    choices=(SKIP, EMPTY, STOP),
    default=SKIP,
    says={
        SKIP: "gets no mail, and is among the results",
        EMPTY: "gets the mail with nothing in its place",
        STOP: "stops the mailing before it begins",
    },
)


def with_attributes(variant: Variant, options: Options) -> Variant:
    """Return a mail that says which attributes it writes, and the choice. Raises TemplateError for no Jinja2."""
    RecipientPass(variant)
    choice = options.setting(MISSING.name, SKIP)
    payload = replace(MailPayload.of(variant), attributes=needed_attributes(variant), missing=choice)
    return replace(variant, payload=payload)


def is_lenient(variant: Variant) -> bool:
    """Return whether nothing is written in the place of a missing attribute."""
    return MailPayload.of(variant).missing == EMPTY


def recipient_pass(variant: Variant) -> RecipientPass:
    """Compile a mail for those who have all it writes, and for others as was chosen. Raises TemplateError."""
    return RecipientPass(variant, lenient=is_lenient(variant))


def attribute_notes(variant: Variant) -> tuple[Concern, ...]:
    """Return what an editor should know of the attributes that a mail writes."""
    payload = MailPayload.of(variant)
    if not payload.attributes:
        return ()
    names = " and ".join(f"“{name}”" for name in payload.attributes)
    outcome = MISSING.says.get(payload.missing, MISSING.says[SKIP])
    return (Concern(f"It writes {names} of each reader; who lacks it {outcome}.", "note"),)
