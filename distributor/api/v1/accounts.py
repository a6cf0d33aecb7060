"""Connected accounts and how they are. Their keys are never told, and are given on the desk and the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from distributor.api.authentication import ApiRequest, publications_of
from distributor.api.operations import operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import Id, NameFilter, row_of
from distributor.delivery.accounts import accounts, health
from distributor.delivery.accounts.provider_webhooks import address_of
from distributor.delivery.models import Account as AccountRow

router = Router(tags=["Accounts"])


class Health(Schema):
    """How an account is."""

    level: Literal["good", "care", "bad"] = Field(examples=["care"])
    sentence: str = Field(description="What a person should know, empty for nothing.", examples=["It rests."])
    remedy: str = Field(description="What helps: reconnect, wait …; empty for nothing.", examples=["wait"])
    until: datetime | None = Field(examples=["2026-12-01T08:00:00Z"])


class Account(Schema):
    """One connected identity on a channel, without its keys."""

    id: int = Field(examples=[3])
    publication: str = Field(examples=["lantern"])
    channel: str = Field(examples=["facebook"])
    name: str = Field(examples=["Page of the Lantern Post"])
    kind: str = Field(description="What it is at its network, empty where that has no kinds.", examples=["page"])
    url: str = Field(description="Where it can be seen.", examples=["https://facebook.example/lantern"])
    practice: bool = Field(description="It reaches nobody: it lives in the practice world.", examples=[False])
    health: Health
    connected_at: datetime = Field(examples=["2026-11-01T09:00:00Z"])
    renewed_at: datetime | None = Field(description="When its token was renewed last.", examples=[None])
    ends_at: datetime | None = Field(description="When its whole authorisation ends.", examples=[None])
    webhook: str = Field(
        description="Where its mail provider reports to, without the secret part; empty for none.", examples=[""]
    )


class Identity(Schema):
    """As whom a network knows an account."""

    name: str = Field(examples=["The Lantern Post"])


@operation(
    router, "GET", "/accounts", id="accounts.list", summary="Connected accounts", scope="accounts:read",
    returns=Page[Account],
)  # fmt: skip
def list_accounts(
    request: ApiRequest,
    response: HttpResponse,
    publication: NameFilter = "",
    channel: NameFilter = "",
    limit: Limit = USUAL_PAGE,
    cursor: Cursor = "",
) -> Page[Account]:
    rows = _rows().filter(**publications_of(request, publication))
    if channel:
        rows = rows.filter(channel=channel)
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit, order=("pk",))
    return Page[Account](items=[_account(row) for row in page], next=next_cursor)


@operation(
    router, "GET", "/accounts/{account_id}", id="accounts.show", summary="One account, and how it is",
    scope="accounts:read", returns=Account,
)  # fmt: skip
def show_account(request: ApiRequest, account_id: Id) -> Account:
    return _account(row_of(request, _rows(), account_id))


@operation(
    router, "POST", "/accounts/{account_id}/check", id="accounts.check",
    summary="Ask its network whether it works", scope="accounts:read", returns=Identity,
    atomic=False,  # a network may take its time: nothing waits for it with a transaction open
    audited=False,
)  # fmt: skip
def check_account(request: ApiRequest, account_id: Id) -> Identity:
    """Refused with the network's own sentence where it does not accept the account. Mail accounts can't be asked."""
    return Identity(name=accounts.check(row_of(request, _rows(), account_id)))


def _rows() -> QuerySet[AccountRow]:
    return AccountRow.objects.select_related("publication")


def _account(row: AccountRow) -> Account:
    now_health = health.of(row, timezone.now())
    names = ("id", "channel", "name", "kind", "url", "practice", "connected_at", "renewed_at", "ends_at")
    return Account(
        **{name: getattr(row, name) for name in names},
        publication=row.publication.slug,
        health=Health(
            level=now_health.level,
            sentence=now_health.sentence,
            remedy=now_health.remedy,
            until=now_health.until,
        ),
        webhook=address_of(row),
    )
