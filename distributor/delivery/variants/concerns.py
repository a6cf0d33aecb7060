"""What an editor should know about the accounts that variants go out through: in the preview, and of dispatches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from distributor.channels import registry
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Account, Dispatch
from distributor.delivery.variants import composition, missing_values
from distributor.delivery.variants.previews import Preview
from distributor.domain.errors import CredentialsError, TemplateError, UnknownChannel
from distributor.domain.recipient_fields import is_notice
from distributor.domain.variants import Concern, Variant
from distributor.letters.models import Publication


@dataclass(frozen=True, slots=True)
class AccountConcern:
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


def with_accounts(variant_preview: Preview, publication: Publication) -> Preview:
    """Return the preview with `of_accounts` among its concerns."""
    return replace(variant_preview, concerns=(*variant_preview.concerns, *of_accounts(variant_preview, publication)))


def of_accounts(variant_preview: Preview, publication: Publication) -> tuple[Concern, ...]:
    """Return what the accounts can't do that this variant would go out through now."""
    if variant_preview.variant is None:
        return ()
    senders = accounts.for_channel(publication, variant_preview.channel)
    if registry.get(variant_preview.channel).capabilities.addressed:
        senders = senders[:1]  # a mail goes out through one of them
    concerns = [
        _with_account_name(concern, account, senders)
        for account in senders
        for concern in _of(account, variant_preview.variant)
    ]
    return tuple(dict.fromkeys(concerns))


def of_dispatches(dispatches: Iterable[Dispatch]) -> tuple[AccountConcern, ...]:
    """Return what the dispatches' accounts can't do for their variants, as these are now.

    A variant that can't be made has none: the preview says why, and so does the release.
    """
    return tuple(
        AccountConcern(dispatch.pk, dispatch.channel, concern)
        for dispatch in dispatches
        for concern in _of_dispatch(dispatch)
    )


def warnings(account_concerns: Iterable[AccountConcern]) -> list[str]:
    """Return the sentences that a person should read before approving; what is only a note is in the preview."""
    return list(
        dict.fromkeys(
            account_concern.sentence for account_concern in account_concerns if account_concern.concern.level != "note"
        )
    )


def _of_dispatch(dispatch: Dispatch) -> tuple[Concern, ...]:
    try:
        variant = composition.draft(dispatch)
    except (TemplateError, UnknownChannel):
        return ()
    of_account = _of(dispatch.account, variant) if dispatch.account is not None else ()
    notices = [Concern(sentence) for sentence in variant.dropped if is_notice(sentence)]
    return (*notices, *of_account, *missing_values.concerns(dispatch, variant))


def _of(account: Account, variant: Variant) -> tuple[Concern, ...]:
    """Nothing for a practice account, which reaches no network, or where its credentials can't be opened."""
    if account.practice:
        return ()
    try:
        credentials = accounts.credentials(account)
    except CredentialsError:
        return ()
    return registry.get(account.channel).check_account(credentials, variant)


def _with_account_name(concern: Concern, account: Account, senders: list[Account]) -> Concern:
    return replace(concern, message=f"{account.name}: {concern.message}") if len(senders) > 1 else concern
