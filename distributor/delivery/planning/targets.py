"""Where a letter goes on each channel: accounts, mailing lists, or the web; and what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence

from distributor.audience.actions import open_lists
from distributor.audience.models import MailingList, Segment
from distributor.channels import registry
from distributor.channels.base import Channel
from distributor.delivery.accounts import accounts
from distributor.domain.errors import UnknownChannel
from distributor.domain.planning import Target
from distributor.letters.models import Publication


def targets_of(
    publication: Publication, name: str, lists: Sequence[MailingList], segment: Segment | None
) -> list[Target]:
    """Return where a channel's variant goes, or one target whose problem says why it can't go anywhere yet."""
    try:
        channel = registry.get(name)
    except UnknownChannel as error:
        return [Target(key="none", name="no such channel", problem=str(error))]
    if channel.capabilities.addressed:
        return [_audience(publication, channel, lists, segment)]
    if not channel.fields:
        return [Target(key="web", name=f"{publication.name} on the web")]
    channel_accounts = accounts.for_channel(publication, name)
    if not channel_accounts:
        return [Target(key="none", name="no account", problem=_no_account(channel))]
    return [
        Target(key=f"account:{account.pk}", name=account.name, account_id=account.pk) for account in channel_accounts
    ]


def _no_account(channel: Channel) -> str:
    return f"No {channel.capabilities.label} account is connected."


def _audience(
    publication: Publication, channel: Channel, lists: Sequence[MailingList], segment: Segment | None
) -> Target:
    mailing_lists = list(lists) or list(open_lists(publication).order_by("pk"))
    problem = ""
    if not mailing_lists:
        problem = "There is no mailing list: make one with “distributor subscribers import FILE --list SLUG”."
    elif not lists and len(mailing_lists) > 1:
        problem = f"Say which lists: {', '.join(mailing_list.slug for mailing_list in mailing_lists)}."
        mailing_lists = []
    account = next(iter(accounts.for_channel(publication, channel.name)), None)
    if account is None:
        problem = _no_account(channel)
    ids = tuple(sorted(mailing_list.pk for mailing_list in mailing_lists))
    names = ", ".join(mailing_list.name for mailing_list in mailing_lists) or "no list"
    return Target(
        key="lists:" + ",".join(map(str, ids)) + (f" segment:{segment.pk}" if segment else ""),
        name=f"{names}: {segment.name}" if segment else names,
        account_id=account.pk if account else None,
        list_ids=ids,
        problem=problem,
    )
