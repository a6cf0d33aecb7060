"""`distributor accounts`: connected identities. Secrets are asked for or read from standard input, never arguments."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from distributor.cli import output
from distributor.cli.backing_services import database
from distributor.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from distributor.channels.base import AccountField, Channel
    from distributor.delivery.models import Account
    from distributor.letters.models import Publication

LARGEST_INPUT = 250_000


@click.group()
def accounts() -> None:
    """Connect and list accounts."""


@accounts.command()
@click.argument("channel")
@click.option("--name", default="", metavar="NAME", help="As editors see it, such as “Page of the Lantern Post”.")
@click.option("--practice", is_flag=True, help="Connect the practice world's account instead of a real one.")
@output.publication_option
@output.json_option
def add(channel: str, name: str, practice: bool, publication_slug: str, as_json: bool) -> None:
    """Connect an account on CHANNEL, or give the one of that name new credentials.

    Its values are asked for; without a terminal they are read from standard input as one JSON object.
    """
    from distributor.channels import registry
    from distributor.channels.connect_flow import generated_values

    adapter = registry.get(channel)
    if not adapter.fields:
        raise BadInput(f"{adapter.capabilities.label} needs no account: it works without one.")
    if not practice and not name:
        raise BadInput("An account needs a name that editors know it by: give one with --name.")
    with database():
        from django.utils import timezone

        from distributor.delivery.accounts.accounts import connect
        from distributor.delivery.accounts.connect_flow import go_on
        from distributor.letters.actions import publication

        brand = publication(publication_slug)
        values = {} if practice else _values(adapter.fields)
        secrets = {} if practice else generated_values(adapter.fields, values)
        account = connect_practice(brand, [channel])[0] if practice else connect(brand, channel, name, values | secrets)
        resumed = go_on(account, timezone.now())
        draft_count = sum(dispatch.approved_at is None for dispatch in resumed)
        resumed_count = len(resumed) - draft_count
        if as_json:
            result = {
                "channel": account.channel,
                "name": account.name,
                "practice": account.practice,
                "went_on": resumed_count,
                "drafts": draft_count,
            }
            output.write_json({**result, **_secrets_json(secrets)})
        else:
            output.console().print(f"{account.name} is connected ({account.channel}).")
            if resumed_count:
                output.console().print(f"Dispatches that waited for it and go on now: {resumed_count}.")
            if draft_count:
                output.console().print(f"Drafts that waited for it and can be approved now: {draft_count}.")
            _show_made(adapter, secrets)
            _show_webhook(account)


def _secrets_json(new: dict[str, str]) -> dict[str, Any]:
    return {"made": new} if new else {}


def _show_made(channel: Channel, new: dict[str, str]) -> None:
    """Show the values that were made for the account: the other side has to know them."""
    for field in channel.fields:
        if field.name in new:
            output.console().print(f"{field.label}, made for this account; it is shown this once:")
            click.echo(new[field.name])


def _show_webhook(account: Account) -> None:
    """Say where the account's provider is to report what becomes of mails; the address is a secret."""
    from distributor.delivery.accounts.provider_webhooks import address_of

    if address := address_of(account, whole=True):
        output.console().print("Have its provider report to this address, and keep it to yourself, it is a secret:")
        click.echo(address)


@accounts.command()
@click.argument("name")
@output.publication_option
@output.json_option
def webhook(name: str, publication_slug: str, as_json: bool) -> None:
    """Show the secret address that the provider of the mail account NAME is to report to."""
    with database():
        from distributor.delivery.accounts.accounts import MAIL, for_channel
        from distributor.delivery.accounts.provider_webhooks import address_of
        from distributor.letters.actions import publication

        mail_accounts = {account.name: account for account in for_channel(publication(publication_slug), MAIL)}
        address = address_of(mail_accounts[name], whole=True) if name in mail_accounts else ""
        if not address:
            raise BadInput(f"There is no mail account “{name}” at a provider that has webhooks.")
        if as_json:
            output.write_json({"webhook": address})
        else:
            click.echo(address)


def save_practice_apps() -> None:
    """Store the apps that the practice world's networks know, by which connecting in the browser is practised."""
    from distributor.delivery.accounts import network_apps
    from distributor.practice.networks import APPS

    for channel, keys in APPS.items():
        network_apps.save(channel, keys, practice=True)


def connect_practice(publication: Publication, channels: list[str] | None = None) -> list[Any]:
    """Connect the practice world's accounts to a publication: all, or those of some channels."""
    from distributor.delivery.accounts.accounts import connect
    from distributor.practice.networks import ACCOUNTS

    save_practice_apps()
    return [
        connect(publication, account.channel, account.name, account.values, practice=True)
        for account in ACCOUNTS
        if channels is None or account.channel in channels
    ]


def _values(fields: Sequence[AccountField]) -> dict[str, str]:
    """Return what was typed or given for an account's or app's fields; what only connecting fills is not asked for."""
    if sys.stdin.isatty():
        return _prompt_values(fields)
    names = ", ".join(field.name for field in fields if not field.hidden)
    text = sys.stdin.buffer.read(LARGEST_INPUT + 1)
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise BadInput(f"Standard input has to be one JSON object of texts: {names}.")
    return {name: value for name, value in values.items() if value}


def _prompt_values(fields: Sequence[AccountField]) -> dict[str, str]:
    values: dict[str, str] = {}
    for field in fields:
        if field.hidden:
            continue
        if field.help:
            click.echo(field.help, err=True)
        may_be_empty = field.optional or field.make is not None
        label = f"{field.label} (optional)" if may_be_empty else field.label
        default = "" if may_be_empty else None
        value = click.prompt(label, hide_input=field.secret, default=default, show_default=False, err=True)
        if value.strip():
            values[field.name] = value.strip()
    return values


@accounts.command("list")
@output.publication_option
@output.json_option
def list_(publication_slug: str, as_json: bool) -> None:
    """List the accounts; no credentials are shown."""
    with database():
        from distributor.delivery.accounts.provider_webhooks import address_of
        from distributor.delivery.models import Account
        from distributor.letters.actions import publication

        accounts = Account.objects.select_related("publication").order_by("publication__slug", "channel", "pk")
        if publication_slug:
            accounts = accounts.filter(publication=publication(publication_slug))
        rows = [
            {
                "publication": account.publication.slug,
                "channel": account.channel,
                "name": account.name,
                "practice": account.practice,
                "needs_reconnect": account.needs_reconnect,
                "health": _health(account),
                "webhook": address_of(account),
            }
            for account in accounts
        ]
    if as_json:
        output.write_json(rows)
        return
    if not rows:
        output.console().print("No account is connected yet: “distributor accounts add CHANNEL” connects one.")
        return
    from rich.table import Table

    table = Table("publication", "channel", "name", "", box=None, pad_edge=False, header_style="dim")
    for row in rows:
        state = " ".join(
            str(part) for part in (row["health"], "practice" if row["practice"] else "", row["webhook"]) if part
        )
        table.add_row(str(row["publication"]), str(row["channel"]), str(row["name"]), state)
    output.console().print(table)


def _health(account: Account) -> str:
    """Return what a person should do about an account, "" for nothing."""
    from django.utils import timezone

    from distributor.delivery.accounts import health

    return health.of(account, timezone.now()).sentence


@accounts.command()
@click.argument("channel")
@click.argument("name")
@output.publication_option
@output.json_option
def check(channel: str, name: str, publication_slug: str, as_json: bool) -> None:
    """Ask the network of CHANNEL whether the account NAME works."""
    with database():
        from distributor.delivery.accounts import accounts as account_actions
        from distributor.letters.actions import publication

        by_name = {
            account.name: account for account in account_actions.for_channel(publication(publication_slug), channel)
        }
        if name not in by_name:
            raise BadInput(f"There is no {channel} account “{name}”: “distributor accounts list” shows yours.")
        identity = account_actions.check(by_name[name])
        if as_json:
            output.write_json({"channel": channel, "name": name, "there": identity})
        else:
            output.console().print(f"{name} works: its network knows it as {identity}.")


@accounts.command()
@click.argument("channel")
@output.json_option
def app(channel: str, as_json: bool) -> None:
    """Set the keys of your own app at CHANNEL's network, by which accounts are connected on the desk.

    They are asked for; without a terminal they are read from standard input as one JSON object.
    """
    from distributor.channels import registry

    label = registry.get(channel).capabilities.label
    with database():
        from distributor.delivery.accounts import network_apps

        fields = network_apps.fields(channel)
        if not fields:
            raise BadInput(f"{label} needs no app of yours.")
        network_apps.save(channel, _values(fields))
        if as_json:
            output.write_json({"channel": channel, "ready": network_apps.is_ready(channel)})
        else:
            output.console().print(f"Accounts at {label} can be connected on the desk now.")


@accounts.command()
@output.json_option
def reseal(as_json: bool) -> None:
    """Encrypt all stored credentials anew with the newest secret key, after it was changed."""
    with database():
        from distributor.delivery.accounts.accounts import reseal_all
        from distributor.webhooks import endpoints

        count = reseal_all() + endpoints.reseal_all()
        if as_json:
            output.write_json({"resealed": count})
        else:
            output.console().print(
                f"Accounts, apps, signing keys and endpoints encrypted with the newest secret key: {count}."
            )


COMMANDS = {"accounts": accounts}
