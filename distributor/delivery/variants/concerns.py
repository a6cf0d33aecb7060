"""What an editor should know about the accounts that variants go out through: in the preview, and of dispatches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from distributor.channels import registry
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Account, Dispatch
from distributor.delivery.variants import composition
from distributor.delivery.variants.previews import Preview
from distributor.domain.errors import CredentialsError, TemplateError, UnknownChannel
from distributor.domain.variants import Concern, Variant
from distributor.letters.models import Publication


@dataclass(frozen=True, slots=True)
class Told:
    """A concern about the account of one dispatch."""

    dispatch_id: int
    channel: str
    concern: Concern

    @property
    def sentence(self) -> str:
        return f"{registry.get(self.channel).capabilities.label}: {self.concern.message}"

    def to_json(self) -> dict[str, Any]:
        return {
            "dispatch": self.dispatch_id,
            "channel": self.channel,
            "level": self.concern.level,
            "message": self.concern.message,
        }


def with_accounts(one: Preview, publication: Publication) -> Preview:
    """Return the preview with `of_accounts` among its concerns."""
    return replace(one, concerns=(*one.concerns, *of_accounts(one, publication)))


def of_accounts(one: Preview, publication: Publication) -> tuple[Concern, ...]:
    """Return what the accounts can't do that this variant would go out through now."""
    if one.variant is None:
        return ()
    used = accounts.for_channel(publication, one.channel)
    if registry.get(one.channel).capabilities.addressed:
        used = used[:1]  # a mail goes out through one of them
    found = [_named(concern, account, used) for account in used for concern in _of(account, one.variant)]
    return tuple(dict.fromkeys(found))


def of_dispatches(dispatches: Iterable[Dispatch]) -> tuple[Told, ...]:
    """Return what the dispatches' accounts can't do for their variants, as these are now.

    A variant that can't be made has none: the preview says why, and so does the release.
    """
    return tuple(Told(one.pk, one.channel, concern) for one in dispatches for concern in _of_dispatch(one))


def warnings(told: Iterable[Told]) -> list[str]:
    """Return the sentences that a person should read before approving; what is only a note is in the preview."""
    return list(dict.fromkeys(one.sentence for one in told if one.concern.level != "note"))


def _of_dispatch(dispatch: Dispatch) -> tuple[Concern, ...]:
    if dispatch.account is None:
        return ()
    try:
        return _of(dispatch.account, composition.draft(dispatch))
    except (TemplateError, UnknownChannel):
        return ()


def _of(account: Account, variant: Variant) -> tuple[Concern, ...]:
    """Nothing for a practice account, which reaches no network, or where its credentials can't be opened."""
    if account.practice:
        return ()
    try:
        credentials = accounts.credentials(account)
    except CredentialsError:
        return ()
    return registry.get(account.channel).check_account(credentials, variant)


def _named(concern: Concern, account: Account, used: list[Account]) -> Concern:
    return replace(concern, message=f"{account.name}: {concern.message}") if len(used) > 1 else concern
