"""Whose credentials these are on LinkedIn: the member, and the organisations that the member administers.

Sources: https://learn.microsoft.com/en-us/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2,
/linkedin/marketing/community-management/organizations/organization-access-control-by-role and …/organization-lookup-api
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from distributor.channels.base import Credentials
from distributor.channels.connect_flow import ConnectRefused, Identity, NetworkAway
from distributor.channels.linkedin import api, refusals
from distributor.channels.response_bodies import json_object
from distributor.domain.errors import AddressRefused

PAGE = 100
PAGES_LOOKED_AT = 5
NAMES_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Person:
    """The member. `id` is theirs for this app only: another app sees another one."""

    id: str
    name: str

    @property
    def urn(self) -> str:
        return f"urn:li:person:{self.id}"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A page that the member administers."""

    id: str
    name: str
    vanity: str = ""

    @property
    def urn(self) -> str:
        return f"urn:li:organization:{self.id}"

    @property
    def url(self) -> str:
        return f"https://www.linkedin.com/company/{self.vanity or self.id}/"


def identify(client: httpx.Client, credentials: Credentials) -> Identity:
    """Ask who the account's author is. Raises ConnectRefused and NetworkAway."""
    author = credentials.values["author"]
    if api.is_organisation(author):
        number = author.rpartition(":")[2]
        body = _get(
            client, f"{api.root(credentials.endpoint)}/rest/organizations/{number}", credentials.values.values()
        )
        organisation = _organisation(number, body)
        return Identity(author, organisation.name, credentials.values, kind="organisation", url=organisation.url)
    person = member(client, credentials.endpoint, credentials.values.get("scopes", ""), credentials.values.values())
    if person.urn != author:
        raise ConnectRefused(f"The token belongs to {person.name} and not to the author: connect the account again.")
    return Identity(author, person.name, credentials.values)


def member(client: httpx.Client, endpoint: str, scopes: str, secrets: Iterable[str]) -> Person:
    """Ask who the member is. Raises ConnectRefused and NetworkAway.

    An app that may post for organisations can't have `openid`, and one that has it can't have `r_basicprofile`.
    """
    if not scopes or "openid" in scopes.split():
        profile = _get(client, f"{api.root(endpoint)}/v2/userinfo", secrets)
        person = Person(_text(profile, "sub"), _text(profile, "name"))
    else:
        profile = _get(client, f"{api.root(endpoint)}/v2/me", secrets)
        names = (_text(profile, "localizedFirstName"), _text(profile, "localizedLastName"))
        person = Person(_text(profile, "id"), " ".join(name for name in names if name))
    if not person.id:
        raise ConnectRefused("LinkedIn answered without saying who the member is: try again.")
    return person


def organisations(client: httpx.Client, endpoint: str, secrets: Iterable[str]) -> list[Organisation]:
    """Return the pages that the member administers. Raises ConnectRefused and NetworkAway."""
    numbers: list[str] = []
    for page in range(PAGES_LOOKED_AT):
        query = f"q=roleAssignee&role=ADMINISTRATOR&state=APPROVED&count={PAGE}&start={page * PAGE}"
        organisations = _get(client, f"{api.root(endpoint)}/rest/organizationAcls?{query}", secrets).get("elements")
        elements = organisations if isinstance(organisations, list) else []
        urns = [str(element.get("organization", "")) for element in elements if isinstance(element, Mapping)]
        numbers += [urn.rpartition(":")[2] for urn in urns if api.is_organisation(urn)]
        if len(elements) < PAGE:
            break
    names: dict[str, Any] = {}
    for start in range(0, len(numbers), NAMES_AT_ONCE):
        ids = ",".join(numbers[start : start + NAMES_AT_ONCE])  # a list in Rest.li's own notation, not to be encoded
        results = _get(client, f"{api.root(endpoint)}/rest/organizations?ids=List({ids})", secrets).get("results")
        names |= results if isinstance(results, dict) else {}
    return [_organisation(number, names.get(number, {})) for number in dict.fromkeys(numbers)]


def _organisation(number: str, body: Mapping[str, Any]) -> Organisation:
    return Organisation(number, _text(body, "localizedName") or f"Page {number}", _text(body, "vanityName"))


def _get(client: httpx.Client, url: str, secrets: Iterable[str]) -> Mapping[str, Any]:
    try:
        response = client.get(url)
    except (AddressRefused, httpx.RequestError):
        raise NetworkAway("LinkedIn did not answer: try again in a moment.") from None
    if response.is_success:
        return json_object(response)
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS or not response.is_client_error:
        raise NetworkAway(f"LinkedIn could not be asked now ({response.status_code}).")
    raise ConnectRefused(_reason(refusals.read(response, secrets)))


def _reason(refusal: refusals.Refusal) -> str:
    if refusals.is_version_gone(refusal):
        return "LinkedIn does not speak this version of its API: give it a newer one, such as last month’s."
    if refusal.status == httpx.codes.UNAUTHORIZED:
        return "LinkedIn does not accept the token: connect the account again."
    return f"LinkedIn does not say whose account this is: {refusal.message or refusal.code}"


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
