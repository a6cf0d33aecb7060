"""`distributor dkim`: the keys that sign mail. Private keys never leave the database; what is shown is for DNS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from distributor.cli import output
from distributor.cli.backing_services import database

if TYPE_CHECKING:
    from distributor.channels.mail.dkim import Algorithm
    from distributor.delivery.models import SigningKey


@click.group()
def dkim() -> None:
    """Make, list and change the keys that sign mail."""


@dkim.command()
@click.argument("domain")
@click.option(
    "--algorithm",
    default="rsa",
    show_default=True,
    type=click.Choice(["rsa", "ed25519"]),
    help="Every receiver knows RSA; Ed25519 can stand beside it.",
)
@click.option("--selector", default="", metavar="NAME", help="The key's name in DNS; else made of today's date.")
@output.json_option
def add(domain: str, algorithm: Algorithm, selector: str, as_json: bool) -> None:
    """Make a key for mail from DOMAIN and show the DNS record to publish.

    The first key of an algorithm signs at once. A later one waits until “distributor dkim use” changes to it.
    """
    with database():
        from distributor.delivery.accounts.dkim_keys import make_key

        key = make_key(domain, algorithm, selector=selector)
        _say([key], as_json=as_json, single=True)


@dkim.command("list")
@click.argument("domain", default="")
@output.json_option
def list_(domain: str, as_json: bool) -> None:
    """List the keys with their DNS records, those of DOMAIN or all."""
    with database():
        from distributor.delivery.accounts.dkim_keys import domain_name
        from distributor.delivery.models import SigningKey

        keys = SigningKey.objects.order_by("domain", "algorithm", "pk")
        if domain:
            keys = keys.filter(domain=domain_name(domain))
        if not keys and not as_json:
            output.console().print("There is no key yet: make one with “distributor dkim add DOMAIN”.")
        _say(list(keys), as_json=as_json)


@dkim.command()
@click.argument("domain")
@click.argument("selector")
@output.json_option
def use(domain: str, selector: str, as_json: bool) -> None:
    """Sign with this key of DOMAIN from now on, in place of the one of the same algorithm."""
    with database():
        from distributor.delivery.accounts.dkim_keys import activate, find_key

        key = find_key(domain, selector)
        retired_keys = activate(key)
        _tell(
            [key, *retired_keys],
            f"{key} signs from now on.",
            *(
                f"{retired_key} stopped: leave its record in DNS for a week, for mail on its way."
                for retired_key in retired_keys
            ),
            as_json=as_json,
        )


@dkim.command()
@click.argument("domain")
@click.argument("selector")
@output.json_option
def retire(domain: str, selector: str, as_json: bool) -> None:
    """Stop signing with this key of DOMAIN. “distributor dkim use” takes it back."""
    with database():
        from distributor.delivery.accounts import dkim_keys

        key = dkim_keys.find_key(domain, selector)
        dkim_keys.retire(key)
        active_keys = ", ".join(str(active_key) for active_key in dkim_keys.keys_for(key.domain))
        _tell(
            [key],
            f"{key} stopped: leave its record in DNS for a week, for mail on its way.",
            f"{active_keys} still signs." if active_keys else f"Mail from {key.domain} is not signed any more.",
            as_json=as_json,
        )


def _row(key: SigningKey) -> dict[str, Any]:
    from distributor.delivery.accounts.dkim_keys import dns_record

    record = dns_record(key)
    return {
        "domain": key.domain,
        "selector": key.selector,
        "algorithm": key.algorithm,
        "active": key.active,
        "created_at": key.created_at.isoformat(),
        "record": {"name": record.name, "type": "TXT", "value": record.value, "zone": record.zone_line},
    }


def _say(keys: list[SigningKey], *, as_json: bool, single: bool = False) -> None:
    rows = [_row(key) for key in keys]
    if as_json:
        output.write_json(rows[0] if single else rows)
        return
    if not keys:
        output.console().print("There is no key yet: “distributor dkim add DOMAIN” makes one.")
    for key, row in zip(keys, rows, strict=True):
        state = "signs" if key.active else f"does not sign: “distributor dkim use {key.domain} {key.selector}”"
        # Nothing may break a record's lines: they are there to be copied.
        click.echo(f"{key.domain}  {key.selector}  {key.algorithm}  {state}")
        click.echo(f"  TXT record   {row['record']['name']}")
        click.echo(f"  its value    {row['record']['value']}")
        click.echo(f"  zone file    {row['record']['zone']}")


def _tell(keys: list[SigningKey], *sentences: str, as_json: bool) -> None:
    if as_json:
        output.write_json([{"domain": key.domain, "selector": key.selector, "active": _active(key)} for key in keys])
        return
    for sentence in sentences:
        output.console().print(sentence)


def _active(key: SigningKey) -> bool:
    key.refresh_from_db(fields=["active"])
    return key.active


COMMANDS = {"dkim": dkim}
